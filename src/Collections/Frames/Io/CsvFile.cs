using System.IO.Compression;
using System.Text;

namespace TaskGraph.Collections;

/// <summary>What the start of a CSV file tells: its columns, where the rows begin, and whether it is compressed.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Length">Its size on disk.</param>
/// <param name="IsGzip">Whether it is gzip, told by its first bytes.</param>
/// <param name="DataStart">The uncompressed offset of the first row.</param>
/// <param name="FirstLine">The line number of the first row, from 1.</param>
/// <param name="HasQuotes">Whether the sample has quotes.</param>
/// <param name="Schema">The columns and their types.</param>
internal sealed record CsvFile(
    string Path, long Length, bool IsGzip, long DataStart, long FirstLine, bool HasQuotes, Schema Schema)
{
    /// <summary>Reads the header and infers types.</summary>
    /// <exception cref="CsvException">There is no header, or its names repeat.</exception>
    internal static CsvFile Open(string path, CsvOptions options)
    {
        options.Validate();
        using FileStream file = File.OpenRead(path);
        bool isGzip = IsGzipStream(file);
        using Stream content = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        var sample = new byte[options.SampleBytes];
        int used = content.ReadAtLeast(sample, sample.Length, throwOnEndOfStream: false);
        bool isWhole = used < sample.Length;
        return FromSample(path, file.Length, isGzip, sample.AsSpan(0, used), isWhole, options);
    }

    /// <summary>The uncompressed content from its start.</summary>
    internal Stream OpenContent()
    {
        FileStream file = File.OpenRead(Path);
        return IsGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    internal static bool IsGzipStream(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        int read = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        file.Position = 0;
        return read == 2 && magic is [0x1f, 0x8b];
    }

    private static CsvFile FromSample(
        string path, long length, bool isGzip, ReadOnlySpan<byte> sample, bool isWhole, CsvOptions options)
    {
        int start = sample.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        ReadOnlySpan<byte> content = sample[start..];
        var tokenizer = new CsvTokenizer(
            content, (byte)options.Separator, (byte)options.Quote, (byte)(options.Escape ?? '\0'));
        int count = tokenizer.ReadRow([], out _);
        IReadOnlyList<string> names = Names(path, content, count, options);
        int dataStart = options.HasHeader ? tokenizer.Position : 0;
        if (options.HasHeader && !tokenizer.EndedWithLine && !isWhole)
            throw new CsvException($"{path}, line 1: the header is longer than the sample of {sample.Length} bytes.");
        foreach (string name in options.Schema.Keys.Concat(options.Columns ?? []))
        {
            if (!names.Contains(name))
                throw new SchemaException($"{path} has no column '{name}'. It has: {string.Join(", ", names)}.");
        }
        Schema schema = TypeInference.Infer(content[dataStart..], isWhole, names, options);
        int lines = content[..dataStart].Count((byte)'\n');
        bool hasQuotes = content.Contains((byte)options.Quote);
        return new CsvFile(path, length, isGzip, start + dataStart, lines + 1, hasQuotes, schema);
    }

    private static IReadOnlyList<string> Names(
        string path, ReadOnlySpan<byte> content, int count, CsvOptions options)
    {
        if (options.ColumnNames is { } given)
        {
            if (count != 0 && given.Count != count)
                throw new CsvException($"{path}, line 1: {count} fields, but ColumnNames has {given.Count} names.");
            return given;
        }
        if (count == 0)
            throw new CsvException($"{path} is empty; a file without rows needs a header, or ColumnNames.");
        if (!options.HasHeader)
            return [.. Enumerable.Range(0, count).Select(i => $"column_{i}")];
        var header = new Schema(Enumerable.Range(0, count).Select(i => new Field($"{i}", DataType.String)));
        var format = CsvFormat.From(new CsvOptions
        {
            Separator = options.Separator,
            Quote = options.Quote,
            Escape = options.Escape,
            NullValues = [],
        }, header);
        var tokenizer = new CsvTokenizer(content, format.Separator, format.Quote, format.Escape);
        tokenizer.ReadRow([], out _);
        Table row = CsvParser.Parse(content[..tokenizer.Position], format, new CsvOrigin(path, 0, 1));
        string[] names = [.. row.Columns.Select(column => (string)column.GetValue(0)!)];
        string? twice = names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null
            ? names
            : throw new CsvException($"{path}, line 1: two columns are named '{twice}'; pass ColumnNames.");
    }
}
