namespace TaskGraph.Collections;

/// <summary>The order of a column's values: nulls last, NaN above all numbers, text by bytes, false before
/// true.</summary>
internal abstract class ColumnOrder(Column column)
{
    internal static ColumnOrder Of(Column column) => column switch
    {
        PrimitiveColumn<long> c => new ValueOrder<long>(c),
        PrimitiveColumn<double> c => new ValueOrder<double>(c),
        PrimitiveColumn<float> c => new ValueOrder<float>(c),
        PrimitiveColumn<bool> c => new ValueOrder<bool>(c),
        _ => new TextOrder((StringColumn)column),
    };

    /// <summary>Compares two rows, nulls last.</summary>
    internal int Compare(int left, int right)
    {
        if (column.NullCount > 0)
        {
            bool leftNull = column.IsNull(left), rightNull = column.IsNull(right);
            if (leftNull || rightNull)
                return leftNull.CompareTo(rightNull);
        }
        return CompareValues(left, right);
    }

    /// <summary>Compares two rows that are not null.</summary>
    internal abstract int CompareValues(int left, int right);

    private sealed class ValueOrder<T>(PrimitiveColumn<T> column) : ColumnOrder(column)
        where T : unmanaged, IComparable<T>
    {
        private readonly T[] _values = column.Values.ToArray();

        internal override int CompareValues(int left, int right)
        {
            T a = _values[left], b = _values[right];
            if (typeof(T) == typeof(double) || typeof(T) == typeof(float))
            {
                // .NET puts NaN first.
                bool aIsNaN = IsNaN(a), bIsNaN = IsNaN(b);
                if (aIsNaN || bIsNaN)
                    return aIsNaN.CompareTo(bIsNaN);
            }
            return a.CompareTo(b);
        }

        private static bool IsNaN(T value) => value switch
        {
            double number => double.IsNaN(number),
            float number => float.IsNaN(number),
            _ => false,
        };
    }

    private sealed class TextOrder(StringColumn column) : ColumnOrder(column)
    {
        private readonly StringColumn _text = column;

        internal override int CompareValues(int left, int right) =>
            _text.Bytes(left).SequenceCompareTo(_text.Bytes(right));
    }
}
