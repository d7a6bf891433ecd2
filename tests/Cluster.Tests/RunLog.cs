using System.Diagnostics;

namespace TaskGraph.Tests;

/// <summary>
/// Where tasks in any process note their runs: how tests count them. Every process writes a file of its own, since
/// several that append to one overwrite each other.
/// </summary>
internal sealed class RunLog : IDisposable
{
    private static readonly Lock s_gate = new();

    /// <summary>What tasks pass to <see cref="Append"/>.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("taskgraph-runs-").FullName;

    /// <summary>All lines, in the order in which they were written.</summary>
    public string[] Lines => Read(Path);

    /// <summary>Notes a run, from whatever process; returns how many there are now.</summary>
    public static int Append(string path, string line)
    {
        Note(path, line);
        return Read(path).Length;
    }

    /// <summary>Notes a run, from whatever process.</summary>
    public static void Note(string path, string line)
    {
        lock (s_gate)
        {
            File.AppendAllText(
                System.IO.Path.Combine(path, $"{Environment.ProcessId}"), $"{Stopwatch.GetTimestamp():d20} {line}\n");
        }
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // Where a test has failed, its tasks may still write: why it has failed matters more than what they leave.
        }
    }

    private static string[] Read(string path)
    {
        const int ClockDigits = 20;
        var lines = new List<string>();
        foreach (var name in Directory.GetFiles(path))
        {
            using var file = new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            while (reader.ReadLine() is { } line)
                lines.Add(line);
        }
        lines.Sort(StringComparer.Ordinal);
        return [.. lines.Where(static line => line.Length > ClockDigits)
            .Select(static line => line[(ClockDigits + 1)..])];
    }
}
