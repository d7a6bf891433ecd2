namespace TaskGraph.Collections;

/// <summary>The fields of one column in a batch of rows.</summary>
internal readonly ref struct CsvColumnRun
{
    private readonly ReadOnlySpan<CsvField> _fields;
    private readonly int _width;
    private readonly int _place;

    internal CsvColumnRun(
        ReadOnlySpan<byte> data, ReadOnlySpan<CsvField> fields, int width, int place, NullMatcher nulls,
            CsvFormat format)
    {
        Data = data;
        _fields = fields;
        _width = width;
        _place = place;
        Nulls = nulls;
        Format = format;
    }

    internal ReadOnlySpan<byte> Data { get; }

    internal NullMatcher Nulls { get; }

    internal CsvFormat Format { get; }

    internal CsvField this[int row] => _fields[(row * _width) + _place];

    internal ReadOnlySpan<byte> Text(CsvField field) => Data[field.Start..field.End];
}
