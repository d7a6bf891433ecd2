using System.Diagnostics;

namespace TaskGraph.Tests.Functions;

/// <summary>
/// What the ShippedCode program, a process of its own, sent: this process does not reference its code.
/// </summary>
public sealed class ShippedBundle
{
    private readonly Dictionary<string, Entry> _entries = [];

    public ShippedBundle()
    {
        var file = Path.GetTempFileName();
        try
        {
            Run(file);
            Read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public IReadOnlyCollection<string> Names => _entries.Keys;

    public Dictionary<Hash128, (byte[] Pe, byte[]? Pdb)> Assemblies { get; } = [];

    public Entry this[string name] => _entries[name];

    /// <summary>Loads a case as a worker does: asks what is missing, takes it, loads.</summary>
    public TaskFunction Load(FunctionLoader loader, string name)
    {
        var body = _entries[name].Body;
        foreach (var missing in loader.Missing(body))
        {
            var (pe, pdb) = Assemblies[missing.Content];
            loader.AddAssembly(missing.Content, pe, pdb);
        }
        return loader.Load(body);
    }

    private static void Run(string file)
    {
        var program = FindProgram();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, file])
        {
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}:\n{error}");
        }
    }

    // artifacts/bin/Core.Tests/release → artifacts/bin/ShippedCode/release
    private static string FindProgram()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, "ShippedCode", own.Name, "ShippedCode.dll");
    }

    private void Read(string file)
    {
        using var reader = new BinaryReader(File.OpenRead(file));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            if (reader.ReadChar() == 'A')
            {
                var content = new Hash128(reader.ReadUInt64(), reader.ReadUInt64());
                var pe = ReadBytes(reader);
                var pdb = ReadBytes(reader);
                Assemblies.Add(content, (pe, pdb.Length == 0 ? null : pdb));
            }
            else
            {
                _entries.Add(reader.ReadString(),
                    new Entry(ReadBytes(reader), ReadBytes(reader), reader.ReadString()));
            }
        }
    }

    private static byte[] ReadBytes(BinaryReader reader) => reader.ReadBytes(reader.ReadInt32());

    public sealed record Entry(byte[] Body, byte[] Arguments, string Expected);
}
