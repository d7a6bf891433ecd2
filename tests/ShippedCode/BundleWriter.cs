using System.Buffers;
using TaskGraph;

namespace ShippedCode;

/// <summary>
/// Writes cases as a sequence of records: <c>A hash pe pdb</c> for an assembly not written before,
/// <c>F name body arguments expected</c> for a case.
/// </summary>
public sealed class BundleWriter(Stream output) : IDisposable
{
    private readonly BinaryWriter _writer = new(output);
    private readonly HashSet<Hash128> _written = [];

    public Task WriteAsync(ShippedCase shipped)
    {
        var definition = FunctionEncoder.Encode(shipped.Function);
        foreach (var assembly in definition.Assemblies)
        {
            if (_written.Add(assembly.Content))
            {
                var image = AssemblyCatalog.Shared.Find(assembly.Content)!;
                _writer.Write('A');
                _writer.Write(assembly.Content.High);
                _writer.Write(assembly.Content.Low);
                WriteBytes(image.Pe);
                WriteBytes(image.Pdb ?? []);
            }
        }
        _writer.Write('F');
        _writer.Write(shipped.Name);
        WriteBytes(definition.Body);
        WriteBytes(Encode(definition, shipped.Arguments));
        _writer.Write(shipped.Expected);
        return Task.CompletedTask;
    }

    public void Dispose() => _writer.Dispose();

    private static byte[] Encode(FunctionDefinition definition, object?[] values)
    {
        var blob = new ArrayBufferWriter<byte>();
        var writer = new ArgumentWriter(blob);
        for (var i = 0; i < values.Length; i++)
        {
            if (definition.ParameterTypes[i] == typeof(CancellationToken))
            {
                writer.CancellationToken();
            }
            else
            {
                writer.Value(values[i], PayloadCodecs.For(definition.ParameterTypes[i]));
            }
        }
        writer.Flush();
        return blob.WrittenSpan.ToArray();
    }

    private void WriteBytes(byte[] bytes)
    {
        _writer.Write(bytes.Length);
        _writer.Write(bytes);
    }
}
