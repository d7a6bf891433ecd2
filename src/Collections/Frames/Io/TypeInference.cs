using System.Text;

namespace TaskGraph.Collections;

/// <summary>Finds the narrowest type that every sampled value of a column fits: int64, double, bool, else string.
/// A column of nothing but nulls is a string.</summary>
internal struct TypeInference
{
    private bool _seen;
    private bool _notInteger;
    private bool _notDouble;
    private bool _notFlag;

    internal readonly DataType Result =>
        !_seen ? DataType.String
        : !_notInteger ? DataType.Int64
        : !_notDouble ? DataType.Float64
        : !_notFlag ? DataType.Boolean
        : DataType.String;

    /// <summary>The types of the columns of <paramref name="rows"/>, whose last row counts only when whole.</summary>
    internal static Schema Infer(
        ReadOnlySpan<byte> rows, bool isWhole, IReadOnlyList<string> names, CsvOptions options)
    {
        var columns = new TypeInference[names.Count];
        var nulls = new NullMatcher([.. options.NullValues.Select(Encoding.UTF8.GetBytes)]);
        var tokenizer = new CsvTokenizer(
            rows, (byte)options.Separator, (byte)options.Quote, (byte)(options.Escape ?? '\0'));
        var fields = new CsvField[names.Count];
        while (true)
        {
            int count = tokenizer.ReadRow(fields, out CsvRowFault fault);
            if (count == 0 || (!isWhole && !tokenizer.EndedWithLine))
                break;
            // Malformed rows say nothing about types; the read itself will report them.
            if (count != fields.Length || fault != CsvRowFault.None)
                continue;
            for (int i = 0; i < fields.Length; i++)
            {
                ReadOnlySpan<byte> text = rows[fields[i].Start..fields[i].End];
                if (!nulls.IsNull(text))
                    columns[i].Add(text);
            }
        }
        return new Schema(names.Select((name, i) => new Field(
            name, options.Schema.TryGetValue(name, out DataType type) ? type : columns[i].Result)));
    }

    private void Add(ReadOnlySpan<byte> text)
    {
        _seen = true;
        if (!_notInteger && !NumberParser.TryParse(text, out long _))
            _notInteger = true;
        if (_notInteger && !_notDouble && !NumberParser.TryParse(text, out double _))
            _notDouble = true;
        if (!_notFlag && !BooleanSyntax.TryParse(text, out _))
            _notFlag = true;
    }
}
