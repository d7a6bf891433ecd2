namespace TaskGraph.Collections;

/// <summary>
/// The group of every row, found with an open-addressing hash table (linear probing, at most half full). Groups are
/// numbered by first appearance; rows with a null key have none.
/// </summary>
internal sealed class Grouping
{
    private readonly int[] _groups;
    private readonly ulong[] _hashes;
    private int[] _slots = new int[256];
    private int[] _firstRows = new int[64];

    private Grouping(ulong[] hashes)
    {
        _hashes = hashes;
        _groups = new int[hashes.Length];
    }

    /// <summary>How many groups there are.</summary>
    internal int Count { get; private set; }

    /// <summary>Each row's group, or -1.</summary>
    internal ReadOnlySpan<int> Groups => _groups;

    /// <summary>The first row of each group.</summary>
    internal ReadOnlySpan<int> FirstRows => _firstRows.AsSpan(0, Count);

    /// <summary>Groups the rows of <paramref name="table"/>; without keys, all rows are one group, even of
    /// none.</summary>
    internal static Grouping By(Table table, IReadOnlyList<string> keys)
    {
        Column[] columns = [.. keys.Select(key => table[key])];
        if (columns.Length == 0)
            return new Grouping(new ulong[table.RowCount]) { Count = 1 };
        var grouping = new Grouping(RowHash.Of(columns, table.RowCount));
        grouping.MarkNulls(columns);
        switch (columns)
        {
            case [PrimitiveColumn<long> column]:
                grouping.Assign(new Int64Equality(column.Values));
                break;
            case [StringColumn column]:
                grouping.Assign(new TextEquality(new TextValues(column)));
                break;
            default:
                grouping.Assign(new ColumnsEquality(Array.ConvertAll(columns, ColumnOrder.Of)));
                break;
        }
        return grouping;
    }

    private void MarkNulls(Column[] keys)
    {
        foreach (Column key in keys)
        {
            if (key.NullCount == 0)
                continue;
            ReadOnlySpan<byte> validity = key.Validity.Span;
            for (int row = 0; row < _groups.Length; row++)
            {
                if (!Bitmap.Get(validity, row))
                    _groups[row] = -1;
            }
        }
    }

    private void Assign<TEquality>(TEquality equality)
        where TEquality : struct, IRowEquality, allows ref struct
    {
        for (int row = 0; row < _groups.Length; row++)
        {
            if (_groups[row] >= 0)
                _groups[row] = Find(row, ref equality);
        }
    }

    private int Find<TEquality>(int row, ref TEquality equality)
        where TEquality : struct, IRowEquality, allows ref struct
    {
        ulong hash = _hashes[row];
        int mask = _slots.Length - 1;
        for (int slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            int group = _slots[slot] - 1;
            if (group < 0)
                return Add(row, slot);
            int first = _firstRows[group];
            if (_hashes[first] == hash && equality.AreEqual(first, row))
                return group;
        }
    }

    private int Add(int row, int slot)
    {
        if (Count == _firstRows.Length)
            Array.Resize(ref _firstRows, Count * 2);
        _firstRows[Count] = row;
        _slots[slot] = ++Count;
        if (Count * 2 > _slots.Length)
            Grow();
        return Count - 1;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        int mask = _slots.Length - 1;
        for (int group = 0; group < Count; group++)
        {
            int slot = (int)_hashes[_firstRows[group]] & mask;
            while (_slots[slot] != 0)
                slot = (slot + 1) & mask;
            _slots[slot] = group + 1;
        }
    }
}
