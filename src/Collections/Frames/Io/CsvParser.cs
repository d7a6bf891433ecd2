using System.Text;

namespace TaskGraph.Collections;

/// <summary>
/// Parses whole rows into a table: a batch of rows is cut into fields, then each wanted column parses its own fields
/// of the batch, so that columns nobody asked for cost nothing but the cutting.
/// </summary>
internal ref struct CsvParser
{
    private const int BatchRows = 512;
    private readonly ReadOnlySpan<byte> _data;
    private readonly CsvFormat _format;
    private readonly CsvOrigin _origin;
    private readonly NullMatcher _nulls;
    private readonly ValueParser[] _parsers;
    private readonly CsvField[] _fields;
    private readonly int[] _rowStarts;
    private readonly int _width;
    private List<int>? _badRows;
    private int _rows;

    private CsvParser(ReadOnlySpan<byte> data, CsvFormat format, CsvOrigin origin)
    {
        _data = data;
        _format = format;
        _origin = origin;
        _nulls = new NullMatcher(format.NullValues);
        _width = format.Fields.Count;
        _fields = new CsvField[_width * BatchRows];
        _rowStarts = new int[BatchRows];
        DataType[] types = [.. format.Wanted.Select(index => format.Fields[index].Type)];
        _parsers = Array.ConvertAll(types, type => ValueParser.For(type, 1024));
    }

    /// <summary>The rows in <paramref name="data"/>, which begins at the start of one.</summary>
    /// <exception cref="CsvException">A row cannot be read and the policy is to fail.</exception>
    internal static Table Parse(ReadOnlySpan<byte> data, CsvFormat format, CsvOrigin origin)
    {
        var parser = new CsvParser(data, format, origin);
        var tokenizer = new CsvTokenizer(data, format.Separator, format.Quote, format.Escape);
        while (true)
        {
            int rows = parser.ReadBatch(ref tokenizer);
            if (rows == 0)
                break;
            for (int column = 0; column < parser._parsers.Length; column++)
                parser.ParseColumn(column, rows);
            parser._rows += rows;
            if (parser._rows == rows)
                parser.Reserve(tokenizer.Position);
        }
        return parser.Finish();
    }

    /// <summary>After the first batch, which ends at <paramref name="position"/>: makes room for as many rows as the
    /// data should hold, and a few more.</summary>
    private readonly void Reserve(int position)
    {
        double rows = _rows / (double)position * _data.Length * 1.03;
        foreach (ValueParser parser in _parsers)
            parser.Reserve((int)Math.Min(rows, Array.MaxLength));
    }

    private int ReadBatch(ref CsvTokenizer tokenizer)
    {
        int rows = 0;
        while (rows < BatchRows)
        {
            Span<CsvField> row = _fields.AsSpan(rows * _width, _width);
            int start = tokenizer.Position;
            int count = tokenizer.ReadRow(row, out CsvRowFault fault);
            if (count == 0)
                break;
            if (count == 1 && _width > 1 && row[0] is { Form: CsvFieldForm.Plain } only && only.Start == only.End)
                continue;
            if ((count != _width || fault != CsvRowFault.None) && !Repair(row, count, fault, start))
                continue;
            _rowStarts[rows++] = start;
        }
        return rows;
    }

    /// <summary>Applies the policy to a malformed row; true when it is to be kept.</summary>
    private readonly bool Repair(Span<CsvField> row, int count, CsvRowFault fault, int start)
    {
        switch (_format.BadRows)
        {
            case BadRowPolicy.Skip:
                return false;
            case BadRowPolicy.Null:
                for (int i = count; i < row.Length; i++)
                    row[i] = new CsvField(0, 0, CsvFieldForm.Missing);
                return true;
            default:
                string what = fault switch
                {
                    CsvRowFault.OpenQuote => "a quoted field is not closed; if rows hold line ends in quotes, set "
                        + "QuotedNewlines = true",
                    CsvRowFault.TextAfterQuote => "text follows a closing quote; quotes inside a quoted field are "
                        + "doubled",
                    _ => $"the row has {count} fields where {_width} were expected",
                };
                throw new CsvException($"{_origin.Describe(_data, start)}: {what}. {Advice}");
        }
    }

    private void ParseColumn(int column, int rows)
    {
        ValueParser parser = _parsers[column];
        int place = _format.Wanted[column];
        var run = new CsvColumnRun(_data, _fields, _width, place, _nulls, _format);
        for (int row = 0; (row = parser.AppendRun(run, row, rows)) < rows; row++)
            Unreadable(parser, place, row, run.Text(run[row]));
    }

    private void Unreadable(ValueParser parser, int place, int row, ReadOnlySpan<byte> text)
    {
        if (_format.BadRows is BadRowPolicy.Fail)
        {
            Field field = _format.Fields[place];
            string shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 60)]);
            throw new CsvException($"{_origin.Describe(_data, _rowStarts[row])}, column '{field.Name}': '{shown}' is "
                + $"not a {DataTypes.Name(field.Type)}. Name another type for the column in CsvOptions.Schema, or add "
                + $"the text to NullValues. {Advice}");
        }
        parser.AppendNull();
        if (_format.BadRows is BadRowPolicy.Skip)
            (_badRows ??= []).Add(_rows + row);
    }

    private const string Advice = "BadRows = Skip or Null reads on.";

    private readonly Table Finish()
    {
        var columns = new Column[_parsers.Length];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = _parsers[i].Build(_format.Fields[_format.Wanted[i]].Name);
        Table table = Table.FromColumns(columns);
        if (_badRows is null)
            return table;
        var mask = new bool[_rows];
        mask.AsSpan().Fill(true);
        foreach (int row in _badRows)
            mask[row] = false;
        return table.Filter(mask);
    }
}
