using System.Buffers;
using System.Globalization;
using System.Text;

namespace TaskGraph.Collections;

/// <summary>Writes a table as CSV after RFC 4180, with LF line ends and UTF-8 without a mark.</summary>
public static class CsvWriter
{
    /// <summary>Writes the table to a file, which is replaced.</summary>
    public static void Write(Table table, string path, CsvOptions? options = null)
    {
        using FileStream file = File.Create(path);
        Write(table, file, options);
    }

    /// <summary>Writes the table to a stream. Nulls become the first of the options' null texts; text that reads as
    /// null, or holds separators, quotes or line ends, is quoted. Numbers read back exactly; NaN reads back as null.
    /// </summary>
    public static void Write(Table table, Stream target, CsvOptions? options = null)
    {
        options ??= new CsvOptions();
        options.Validate();
        using var writer = new StreamWriter(target, new UTF8Encoding(false), 64 << 10, leaveOpen: true);
        var special = SearchValues.Create([options.Separator, options.Quote, '\n', '\r']);
        string nullText = options.NullValues.Count > 0 ? options.NullValues[0] : "";
        if (options.HasHeader)
        {
            for (int c = 0; c < table.Columns.Count; c++)
            {
                WriteSeparator(writer, c, options);
                WriteText(writer, table.Columns[c].Name, special, options);
            }
            writer.Write('\n');
        }
        for (int row = 0; row < table.RowCount; row++)
        {
            for (int c = 0; c < table.Columns.Count; c++)
            {
                WriteSeparator(writer, c, options);
                switch (table.Columns[c].GetValue(row))
                {
                    case null:
                        writer.Write(nullText);
                        break;
                    case string text:
                        WriteText(writer, text, special, options);
                        break;
                    case bool flag:
                        writer.Write(flag ? "true" : "false");
                        break;
                    case object value:
                        writer.Write(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                        break;
                }
            }
            writer.Write('\n');
        }
    }

    private static void WriteSeparator(StreamWriter writer, int column, CsvOptions options)
    {
        if (column > 0)
            writer.Write(options.Separator);
    }

    private static void WriteText(
        StreamWriter writer, string text, SearchValues<char> special, CsvOptions options)
    {
        bool needsQuotes = text.Length == 0 || text.AsSpan().ContainsAny(special) || options.NullValues.Contains(text);
        if (!needsQuotes)
        {
            writer.Write(text);
            return;
        }
        writer.Write(options.Quote);
        foreach (char c in text)
        {
            if (c == options.Quote || c == options.Escape)
                writer.Write(options.Escape ?? options.Quote);
            writer.Write(c);
        }
        writer.Write(options.Quote);
    }
}
