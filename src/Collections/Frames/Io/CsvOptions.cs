namespace TaskGraph.Collections;

/// <summary>How a CSV file is written and read.</summary>
public sealed record CsvOptions
{
    /// <summary>What stands between fields. Default: a comma.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>What encloses fields with separators, line ends or quotes (doubled) in them. Default:
    /// <c>"</c>.</summary>
    public char Quote { get; init; } = '"';

    /// <summary>A character that takes the next one literally inside quotes, such as <c>\</c>. Default: none.</summary>
    public char? Escape { get; init; }

    /// <summary>Whether the first line names the columns. Default: yes.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>Column names in place of the header's; without a header the default is <c>column_0</c>,
    /// <c>column_1</c> and so on.</summary>
    public IReadOnlyList<string>? ColumnNames { get; init; }

    /// <summary>The columns to read, in this order. Default: all.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Types of columns that shall not be inferred from the sample.</summary>
    public IReadOnlyDictionary<string, DataType> Schema { get; init; } = new Dictionary<string, DataType>();

    /// <summary>Texts that mean null when they fill a field; the defaults are those of pandas in common use.</summary>
    public IReadOnlyList<string> NullValues { get; init; } = DefaultNullValues;

    /// <summary>Whether quoted text can be null too. Default: no, so that <c>""</c> is an empty text and <c>"NA"</c>
    /// two letters. In columns of other types it always can.</summary>
    public bool QuotedNulls { get; init; }

    /// <summary>What happens to rows that cannot be read. Default: the read fails.</summary>
    public BadRowPolicy BadRows { get; init; }

    /// <summary>How many bytes at the start of the file types are inferred from. Default: 4 MiB.</summary>
    public int SampleBytes { get; init; } = 4 << 20;

    /// <summary>Bytes per partition. Default: 64 MiB, less where that would give fewer than two partitions per
    /// worker thread.</summary>
    public long? BlockBytes { get; init; }

    /// <summary>Whether quoted fields may hold line ends. The file is then walked once to find where rows begin.
    /// Default: yes when the sample has quotes.</summary>
    public bool? QuotedNewlines { get; init; }

    /// <summary>How many bytes of rows, sent to workers that do not see the file, may travel by way of the scheduler,
    /// which keeps them to make lost partitions again. Rows beyond are put on workers, once.</summary>
    internal long MaxCarriedBytes { get; init; } = 256 << 20;

    /// <summary>The empty field, NA, N/A, n/a, #N/A, NaN, nan, null, NULL and &lt;NA&gt;.</summary>
    public static IReadOnlyList<string> DefaultNullValues { get; } =
        ["", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "null", "NULL", "<NA>"];

    /// <exception cref="ArgumentException">A value is out of range.</exception>
    internal void Validate()
    {
        CheckAscii(Separator, nameof(Separator));
        CheckAscii(Quote, nameof(Quote));
        if (Escape is { } escape)
            CheckAscii(escape, nameof(Escape));
        if (Separator == Quote || Escape == Separator || Escape == Quote)
            throw new ArgumentException("Separator, quote and escape must differ.");
        if (SampleBytes < 1)
            throw new ArgumentException("SampleBytes must be at least 1.");
        if (BlockBytes is < 1 or > 1 << 30)
            throw new ArgumentException("BlockBytes must be between 1 and 1 GiB.");
    }

    private static void CheckAscii(char value, string name)
    {
        if (value is '\n' or '\r' or '\0' || value > 127)
            throw new ArgumentException($"{name} must be an ASCII character other than a line end.");
    }
}
