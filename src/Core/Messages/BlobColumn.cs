namespace TaskGraph.Messages;

/// <summary>A column of byte strings: all bytes in one array, and where each row ends.</summary>
public sealed class BlobColumn
{
    private readonly MessageColumn<byte> _bytes = new();
    private readonly MessageColumn<int> _ends = new();

    /// <summary>How many rows the column holds.</summary>
    public int Count => _ends.Count;

    /// <summary>All rows' bytes, one after the other.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>Where each row ends in <see cref="Bytes"/>.</summary>
    public ReadOnlySpan<int> Ends => _ends.Span;

    /// <summary>The bytes of row <paramref name="index"/>.</summary>
    public ReadOnlySpan<byte> this[int index] => Bytes[Start(index).._ends[index]];

    /// <summary>The bytes of row <paramref name="index"/>, to be kept: valid until the column is cleared or grows.</summary>
    public ReadOnlyMemory<byte> MemoryOf(int index) => _bytes.Memory[Start(index).._ends[index]];

    /// <summary>Where row <paramref name="index"/> starts in <see cref="Bytes"/>.</summary>
    public int Start(int index) => index == 0 ? 0 : _ends[index - 1];

    /// <summary>Appends a row.</summary>
    public void Add(ReadOnlySpan<byte> row)
    {
        _bytes.AddRange(row);
        _ends.Add(_bytes.Count);
    }

    /// <summary>For reading into an empty column: where its rows end, to be filled.</summary>
    internal Span<int> AppendEnds(int rows) => _ends.Append(rows);

    /// <summary>For reading into an empty column: the bytes of all rows.</summary>
    internal void AppendBytes(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    /// <summary>Empties the column and keeps its memory.</summary>
    public void Clear()
    {
        _bytes.Clear();
        _ends.Clear();
    }
}
