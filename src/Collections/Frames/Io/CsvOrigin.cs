namespace TaskGraph.Collections;

/// <summary>Where bytes that are being parsed come from, so that errors can say it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">The place of the first byte in the (uncompressed) file.</param>
/// <param name="FirstLine">The number of the first line, from 1; 0 when only the offset is known.</param>
internal sealed record CsvOrigin(string Path, long Offset, long FirstLine)
{
    internal string Describe(ReadOnlySpan<byte> data, int position)
    {
        int lines = data[..position].Count((byte)'\n');
        return FirstLine > 0
            ? $"{Path}, line {FirstLine + lines}"
            : $"{Path}, {lines + 1} lines after byte {Offset} (byte {Offset + position})";
    }
}
