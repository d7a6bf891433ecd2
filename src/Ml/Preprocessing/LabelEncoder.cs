using TaskGraph.Collections;

namespace TaskGraph.Ml;

/// <summary>Numbers the distinct values of a column from 0 in ascending order (text ordinally).</summary>
public sealed partial class LabelEncoder
{
    private readonly Dictionary<object, int> _numbers = [];
    private Column? _classes;

    /// <summary>The distinct values in order; the position is the number.</summary>
    /// <exception cref="InvalidOperationException">It was not fitted.</exception>
    public Column Classes => _classes
        ?? throw new InvalidOperationException("The encoder knows no classes yet; call Fit or FitAsync first.");

    /// <summary>Fits to a column of text, integers or bools.</summary>
    /// <exception cref="SchemaException">The column is of another type, or holds a null.</exception>
    public LabelEncoder Fit(Column column)
    {
        RequireLabels(column);
        Accept(column switch
        {
            Column<string?> texts => Distinct(texts, StringComparer.Ordinal),
            Column<long> integers => Distinct(integers, Comparer<long>.Default),
            Column<bool> bools => Distinct(bools, Comparer<bool>.Default),
            _ => throw NoLabels(column),
        });
        return this;
    }

    /// <summary>The numbers of a column's values.</summary>
    /// <exception cref="SchemaException">A value is none of the classes, or null.</exception>
    public int[] Transform(Column column)
    {
        var classes = Classes;
        RequireLabels(column);
        if (column.DataType != classes.DataType)
        {
            throw new SchemaException(
                $"Column '{column.Name}' holds {column.DataType}, but the classes are {classes.DataType}.");
        }

        return column switch
        {
            Column<string?> texts => Numbers(texts),
            Column<long> integers => Numbers(integers),
            Column<bool> bools => Numbers(bools),
            _ => throw NoLabels(column),
        };
    }

    /// <summary>The classes of numbers, as a column of the classes' type.</summary>
    public Column InverseTransform(ReadOnlySpan<int> numbers, string? name = null) =>
        Classes.Take(numbers).Rename(name ?? Classes.Name);

    /// <summary>Takes distinct sorted values over.</summary>
    internal LabelEncoder Accept(Column classes)
    {
        RequireLabels(classes);
        _numbers.Clear();
        for (int i = 0; i < classes.Length; i++)
            _numbers.Add(classes.GetValue(i)!, i);
        _classes = classes;
        return this;
    }

    private static Column Distinct<T>(Column<T> column, IComparer<T> order)
    {
        var seen = new HashSet<T>();
        foreach (var value in column.Values)
            seen.Add(value);
        T[] sorted = [.. seen];
        Array.Sort(sorted, order);
        return Column.Of<T>(column.Name, sorted);
    }

    private int[] Numbers<T>(Column<T> column)
    {
        int[] numbers = new int[column.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!_numbers.TryGetValue(column[i]!, out numbers[i]))
            {
                throw new SchemaException($"'{column[i]}' in row {i} of column '{column.Name}' is none of the "
                    + $"{_numbers.Count} classes that were fitted.");
            }
        }

        return numbers;
    }

    private static void RequireLabels(Column column)
    {
        if (column is not (Column<string?> or Column<long> or Column<bool>))
            throw NoLabels(column);
        if (column.NullCount > 0)
            throw new SchemaException($"Label column '{column.Name}' has {column.NullCount} nulls; filter them first.");
    }

    private static SchemaException NoLabels(Column column) => new(
        $"Column '{column.Name}' holds {column.DataType}; labels are text, integers or bools.");
}
