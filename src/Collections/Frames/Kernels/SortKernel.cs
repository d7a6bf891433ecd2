namespace TaskGraph.Collections;

/// <summary>Sorts rows: stable, nulls last whatever the direction.</summary>
internal static class SortKernel
{
    internal static Table Sort(Table table, IReadOnlyList<SortKey> keys) => table.Take(Indices(table, keys));

    internal static int[] Indices(Table table, IReadOnlyList<SortKey> keys)
    {
        var columns = new Column[keys.Count];
        var orders = new ColumnOrder[keys.Count];
        for (int i = 0; i < orders.Length; i++)
        {
            columns[i] = table[keys[i].Column];
            orders[i] = ColumnOrder.Of(columns[i]);
        }
        int[] indices = [.. Enumerable.Range(0, table.RowCount)];
        Array.Sort(indices, (left, right) =>
        {
            for (int i = 0; i < orders.Length; i++)
            {
                int order = orders[i].Compare(left, right);
                if (order == 0)
                    continue;
                bool hasNull = columns[i].NullCount > 0 && (columns[i].IsNull(left) || columns[i].IsNull(right));
                return keys[i].Descending && !hasNull ? -order : order;
            }
            return left.CompareTo(right);
        });
        return indices;
    }
}
