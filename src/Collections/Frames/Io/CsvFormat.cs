using System.Text;

namespace TaskGraph.Collections;

/// <summary>Everything that parsing needs to know about a file: it travels to the workers.</summary>
/// <param name="Separator">What stands between fields.</param>
/// <param name="Quote">What encloses them.</param>
/// <param name="Escape">What takes the next byte literally inside quotes; 0 for none.</param>
/// <param name="Fields">The file's columns and their types.</param>
/// <param name="Wanted">The places of the columns to read.</param>
/// <param name="NullValues">Texts that mean null.</param>
/// <param name="QuotedNulls">Whether quoted text can be null.</param>
/// <param name="BadRows">What happens to unreadable rows.</param>
internal sealed record CsvFormat(
    byte Separator,
    byte Quote,
    byte Escape,
    Schema Fields,
    int[] Wanted,
    byte[][] NullValues,
    bool QuotedNulls,
    BadRowPolicy BadRows)
{
    internal static CsvFormat From(CsvOptions options, Schema fields)
    {
        int[] wanted = options.Columns is { } names
            ? [.. names.Select(fields.IndexOf)]
            : [.. Enumerable.Range(0, fields.Count)];
        return new CsvFormat(
            (byte)options.Separator, (byte)options.Quote, (byte)(options.Escape ?? '\0'), fields, wanted,
            [.. options.NullValues.Select(Encoding.UTF8.GetBytes)], options.QuotedNulls, options.BadRows);
    }

    /// <summary>The columns that the parsed table has.</summary>
    internal Schema Output => new(Wanted.Select(index => Fields[index]));
}
