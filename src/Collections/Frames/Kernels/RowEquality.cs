namespace TaskGraph.Collections;

/// <summary>Whether two rows of one table have the same key.</summary>
internal interface IRowEquality
{
    bool AreEqual(int left, int right);
}

internal readonly ref struct Int64Equality(ReadOnlySpan<long> values) : IRowEquality
{
    private readonly ReadOnlySpan<long> _values = values;

    public bool AreEqual(int left, int right) => _values[left] == _values[right];
}

internal readonly ref struct TextEquality(TextValues values) : IRowEquality
{
    private readonly TextValues _values = values;

    public bool AreEqual(int left, int right) => _values[left].SequenceEqual(_values[right]);
}

/// <summary>Equality over several key columns, or over one of a rarer type.</summary>
internal readonly struct ColumnsEquality(ColumnOrder[] orders) : IRowEquality
{
    public bool AreEqual(int left, int right)
    {
        foreach (ColumnOrder order in orders)
        {
            if (order.Compare(left, right) != 0)
                return false;
        }
        return true;
    }
}
