using System.Globalization;
using System.Text;

namespace TaskGraph.Collections;

/// <summary>Lays a table out as text, as pandas and Polars do.</summary>
internal static class TablePrinter
{
    private const int MaxRows = 20;
    private const int MaxColumns = 16;
    private const int MaxWidth = 40;

    internal static string Print(Table table)
    {
        Column?[] columns = Columns(table.Columns);
        int[] rows = Rows(table.RowCount);
        var text = new StringBuilder();
        var cells = new string[columns.Length][];
        for (int c = 0; c < columns.Length; c++)
            cells[c] = Cells(columns[c], rows);
        for (int line = 0; line < rows.Length + 2; line++)
        {
            for (int c = 0; c < columns.Length; c++)
                AppendCell(text, cells[c], line, columns[c]?.DataType is DataType.String, c == columns.Length - 1);
            while (text.Length > 0 && text[^1] == ' ')
                text.Length--;
            text.Append('\n');
        }
        text.Append(CultureInfo.InvariantCulture, $"[{table.RowCount:N0} rows x {table.Columns.Count} columns]");
        return text.ToString();
    }

    /// <summary>The columns to show; a null stands for those left out in the middle.</summary>
    private static Column?[] Columns(IReadOnlyList<Column> columns) => columns.Count <= MaxColumns
        ? [.. columns]
        : [.. columns.Take(MaxColumns / 2), null, .. columns.Skip(columns.Count - (MaxColumns / 2))];

    /// <summary>The rows to show; -1 stands for those left out in the middle.</summary>
    private static int[] Rows(int count) => count <= MaxRows
        ? [.. Enumerable.Range(0, count)]
        : [.. Enumerable.Range(0, MaxRows / 2), -1, .. Enumerable.Range(count - (MaxRows / 2), MaxRows / 2)];

    private static string[] Cells(Column? column, int[] rows)
    {
        var cells = new string[rows.Length + 2];
        cells[0] = column is null ? "…" : Shorten(column.Name);
        cells[1] = column is null ? "" : DataTypes.Name(column.DataType);
        for (int i = 0; i < rows.Length; i++)
            cells[i + 2] = column is null || rows[i] < 0 ? "…" : Format(column.GetValue(rows[i]));
        return cells;
    }

    private static string Format(object? value) => value switch
    {
        null => "null",
        string text => Shorten(text),
        bool flag => flag ? "true" : "false",
        double number => Number(number),
        float number => number.ToString("G7", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Number(double value)
    {
        double size = Math.Abs(value);
        return size is >= 1e-4 and < 1e15 || size == 0
            ? value.ToString("0.0#####", CultureInfo.InvariantCulture)
            : value.ToString("G7", CultureInfo.InvariantCulture);
    }

    private static string Shorten(string text)
    {
        string line = text.ReplaceLineEndings("⏎");
        return line.Length <= MaxWidth ? line : string.Concat(line.AsSpan(0, MaxWidth - 1), "…");
    }

    private static void AppendCell(StringBuilder text, string[] cells, int line, bool left, bool last)
    {
        int width = cells.Max(cell => cell.Length);
        text.Append(left ? cells[line].PadRight(width) : cells[line].PadLeft(width));
        if (!last)
            text.Append("  ");
    }
}
