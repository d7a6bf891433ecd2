namespace TaskGraph.Collections;

/// <summary>An immutable set of named columns of one length: the value that partitions of a DataFrame hold and
/// that <c>ComputeAsync</c> returns. Safe to share between threads.</summary>
[PayloadCodec(typeof(TableCodec))]
public sealed partial class Table
{
    private readonly Column[] _columns;

    private Table(Column[] columns, int rowCount)
    {
        _columns = columns;
        RowCount = rowCount;
        Schema = new Schema(Array.ConvertAll(columns, column => new Field(column.Name, column.DataType)));
    }

    /// <summary>The names and types of the columns.</summary>
    public Schema Schema { get; }

    /// <summary>How many rows there are.</summary>
    public int RowCount { get; }

    /// <summary>The columns in order.</summary>
    public IReadOnlyList<Column> Columns => _columns;

    /// <summary>Bytes of all columns.</summary>
    public long ByteCount
    {
        get
        {
            long bytes = 0;
            foreach (Column column in _columns)
                bytes += column.ByteCount;
            return bytes;
        }
    }

    /// <summary>The column called <paramref name="name"/>.</summary>
    /// <exception cref="SchemaException">There is none.</exception>
    public Column this[string name] => _columns[Schema.IndexOf(name)];

    /// <summary>A table of the given columns.</summary>
    /// <exception cref="SchemaException">Lengths differ, or two columns share a name.</exception>
    public static Table FromColumns(params IReadOnlyList<Column> columns)
    {
        int rows = columns.Count == 0 ? 0 : columns[0].Length;
        foreach (Column column in columns)
        {
            if (column.Length != rows)
            {
                throw new SchemaException($"Column '{column.Name}' has {column.Length} rows and column "
                    + $"'{columns[0].Name}' has {rows}; the columns of a table have one length.");
            }
        }
        return new Table([.. columns], rows);
    }

    /// <summary>A table without rows.</summary>
    public static Table Empty(Schema schema) =>
        FromColumns(schema.Select(field => Collections.Column.Nulls(field.Name, field.Type, 0)).ToArray());

    /// <summary>The column called <paramref name="name"/> as one of <typeparamref name="T"/>.</summary>
    /// <exception cref="SchemaException">There is none, or it holds another type.</exception>
    public Column<T> Column<T>(string name) => this[name] is Column<T> column
        ? column
        : throw new SchemaException($"Column '{name}' holds {DataTypes.Name(this[name].DataType)}, not "
            + $"{DataTypes.Name(DataTypes.Of<T>())}; ask for that type or cast it.");

    /// <summary>The named columns, in the given order.</summary>
    public Table Select(params IReadOnlyList<string> names)
    {
        var columns = new Column[names.Count];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = this[names[i]];
        return new Table(columns, RowCount);
    }

    /// <summary>This table with <paramref name="column"/> put in place of the one of that name, or added
    /// last.</summary>
    public Table WithColumn(Column column)
    {
        if (column.Length != RowCount && _columns.Length > 0)
            throw new SchemaException($"Column '{column.Name}' has {column.Length} rows, the table {RowCount}.");
        if (!Schema.Contains(column.Name))
            return new Table([.. _columns, column], column.Length);
        var columns = (Column[])_columns.Clone();
        columns[Schema.IndexOf(column.Name)] = column;
        return new Table(columns, RowCount);
    }

    /// <summary><paramref name="length"/> rows from <paramref name="start"/> on; values are shared, not
    /// copied.</summary>
    public Table Slice(int start, int length) =>
        new(Array.ConvertAll(_columns, column => column.Slice(start, length)), length);

    /// <summary>The first <paramref name="count"/> rows, or all when there are fewer.</summary>
    public Table Head(int count = 5) => Slice(0, Math.Clamp(count, 0, RowCount));

    /// <summary>The rows at <paramref name="indices"/>, in that order; a negative index gives a row of nulls.</summary>
    public Table Take(ReadOnlySpan<int> indices)
    {
        var columns = new Column[_columns.Length];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = _columns[i].Take(indices);
        return new Table(columns, indices.Length);
    }

    /// <summary>The rows where <paramref name="mask"/> is true.</summary>
    public Table Filter(ReadOnlySpan<bool> mask)
    {
        if (mask.Length != RowCount)
            throw new ArgumentException($"The mask has {mask.Length} values, the table {RowCount} rows.", nameof(mask));
        int[] indices = Selection.Indices(mask);
        return indices.Length == RowCount ? this : Take(indices);
    }

    /// <summary>The parts' rows one after the other. All must have the same columns and types in the same
    /// order.</summary>
    /// <exception cref="SchemaException">They have not.</exception>
    public static Table Concat(params IReadOnlyList<Table> parts)
    {
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count, nameof(parts));
        Table first = parts[0];
        if (parts.Count == 1)
            return first;
        foreach (Table part in parts)
        {
            if (!part.Schema.Equals(first.Schema))
            {
                throw new SchemaException($"Tables of different columns cannot be joined end to end: "
                    + $"({first.Schema}) and ({part.Schema}).");
            }
        }
        var columns = new Column[first._columns.Length];
        var pieces = new Column[parts.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            for (int p = 0; p < pieces.Length; p++)
                pieces[p] = parts[p]._columns[i];
            columns[i] = Collections.Column.Concat(pieces);
        }
        return new Table(columns, columns.Length == 0 ? parts.Sum(part => part.RowCount) : columns[0].Length);
    }

    /// <summary>The rows as an aligned text: types under names, nulls as <c>null</c>, an ellipsis after ten rows
    /// when there are more than twenty, and the shape.</summary>
    public override string ToString() => TablePrinter.Print(this);
}
