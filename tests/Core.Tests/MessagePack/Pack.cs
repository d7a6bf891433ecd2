using System.Buffers;

namespace TaskGraph.Tests;

internal delegate void PackAction(ref MessagePackWriter writer);

/// <summary>Writes one value and gives its bytes.</summary>
internal static class Pack
{
    public static byte[] Bytes(PackAction write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        write(ref writer);
        var counted = writer.BytesWritten;
        writer.Flush();
        Assert.Equal(counted, output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }

    public static string Hex(PackAction write) => Convert.ToHexStringLower(Bytes(write));
}
