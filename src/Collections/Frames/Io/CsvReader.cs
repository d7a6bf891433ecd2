namespace TaskGraph.Collections;

/// <summary>Reads a CSV file into one table, in this process.</summary>
public static class CsvReader
{
    /// <summary>All rows of the file, which may be gzip.</summary>
    /// <exception cref="CsvException">The file cannot be read as the options say.</exception>
    public static Table Read(string path, CsvOptions? options = null)
    {
        options ??= new CsvOptions();
        CsvFile file = CsvFile.Open(path, options);
        CsvFormat format = CsvFormat.From(options, file.Schema);
        using Stream content = file.OpenContent();
        CsvSplitter.SkipTo(content, file.DataStart);
        var parts = new List<Table>();
        foreach (CsvBlock block in CsvSplitter.Blocks(content, file, options, options.BlockBytes ?? 4 << 20))
        {
            var origin = new CsvOrigin(path, block.Range.Start, block.Range.FirstLine);
            parts.Add(CsvParser.Parse(block.Bytes.Span, format, origin));
        }
        return parts.Count == 0 ? Table.Empty(format.Output) : Table.Concat(parts);
    }
}
