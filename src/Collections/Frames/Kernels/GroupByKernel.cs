namespace TaskGraph.Collections;

/// <summary>
/// Group-by in two stages. <see cref="Partial"/> reduces one partition to a table of keys and states,
/// <see cref="Merge"/> joins such tables, and <see cref="Finish"/> turns states into values, ordered by key.
/// A state is one to three columns: counts; sums with their errors; extremes.
/// </summary>
internal static class GroupByKernel
{
    internal static Table Partial(Table table, IReadOnlyList<string> keys, IReadOnlyList<Aggregate> aggregates)
    {
        Grouping grouping = Grouping.By(table, keys);
        List<Column> columns = Keys(table, keys, grouping);
        for (int i = 0; i < aggregates.Count; i++)
        {
            Aggregate aggregate = aggregates[i];
            Column? input = aggregate.Input is { } expression ? ExprEvaluator.Evaluate(expression, table) : null;
            AddStates(columns, i, aggregate, input, grouping);
        }
        return Table.FromColumns(columns);
    }

    internal static Table Merge(
        IReadOnlyList<Table> partials, IReadOnlyList<string> keys, IReadOnlyList<Aggregate> aggregates)
    {
        Table all = Table.Concat(partials);
        Grouping grouping = Grouping.By(all, keys);
        List<Column> columns = Keys(all, keys, grouping);
        for (int i = keys.Count; i < all.Columns.Count; i++)
        {
            Column state = all.Columns[i];
            AggregateFunction function = aggregates[StateIndex(state.Name)].Function;
            if (function is AggregateFunction.Min or AggregateFunction.Max)
                columns.Add(state.Take(Accumulators.Extreme(grouping, state, function is AggregateFunction.Max)));
            else if (state is PrimitiveColumn<long> counts)
                columns.Add(Column.CopyOf<long>(state.Name, Accumulators.SumIntegers(grouping, counts)));
            else
                AddSums(columns, state.Name, all.Columns[++i].Name, MergeSums(grouping, all, i));
        }
        return Table.FromColumns(columns);
    }

    internal static Table Finish(Table states, IReadOnlyList<string> keys, IReadOnlyList<Aggregate> aggregates)
    {
        var columns = new List<Column>();
        for (int i = 0; i < keys.Count; i++)
            columns.Add(states.Columns[i]);
        int next = keys.Count;
        foreach (Aggregate aggregate in aggregates)
        {
            Column first = states.Columns[next++];
            Column result = first;
            if (aggregate.Function is AggregateFunction.Mean)
                result = Means(first, states.Columns[next++], states.Columns[next++]);
            else if (aggregate.Function is AggregateFunction.Sum && first.DataType is DataType.Float64)
                result = Totals(first, states.Columns[next++]);
            columns.Add(result.Rename(aggregate.Name));
        }
        Table table = Table.FromColumns(columns);
        return SortKernel.Sort(table, [.. keys.Select(key => new SortKey(key))]);
    }

    private static List<Column> Keys(Table table, IReadOnlyList<string> keys, Grouping grouping) =>
        [.. keys.Select(key => table[key].Take(grouping.FirstRows))];

    private static void AddStates(
        List<Column> columns, int index, Aggregate aggregate, Column? input, Grouping grouping)
    {
        string name = $"{index}.";
        switch (aggregate.Function)
        {
            case AggregateFunction.Count:
                long[] counts = input is null
                    ? Accumulators.CountRows(grouping)
                    : Accumulators.CountValues(grouping, input);
                columns.Add(Column.CopyOf<long>(name + "count", counts));
                break;
            case AggregateFunction.Sum when Integers(input!) is { } integers:
                columns.Add(Column.CopyOf<long>(name + "sum", Accumulators.SumIntegers(grouping, integers)));
                break;
            case AggregateFunction.Sum or AggregateFunction.Mean:
                RequireNumbers(aggregate, input!);
                AddSums(columns, name + "sum", name + "error", Accumulators.SumNumbers(grouping, input!));
                if (aggregate.Function is AggregateFunction.Mean)
                    columns.Add(Column.CopyOf<long>(name + "count", Accumulators.CountValues(grouping, input!)));
                break;
            default:
                bool greatest = aggregate.Function is AggregateFunction.Max;
                int[] rows = Accumulators.Extreme(grouping, input!, greatest);
                columns.Add(input!.Take(rows).Rename(name + "extreme"));
                break;
        }
    }

    private static PrimitiveColumn<long>? Integers(Column input) => input.DataType is DataType.Int64 or DataType.Boolean
        ? (PrimitiveColumn<long>)CastKernel.Cast(input, DataType.Int64)
        : null;

    private static void RequireNumbers(Aggregate aggregate, Column input)
    {
        if (input.DataType is DataType.String)
            throw new SchemaException(
                $"{aggregate.Function} needs numbers, and '{input.Name}' is text; cast it first.");
    }

    private static void AddSums(List<Column> columns, string sumName, string errorName, CompensatedSum sums)
    {
        columns.Add(Column.CopyOf<double>(sumName, sums.Sums));
        columns.Add(Column.CopyOf<double>(errorName, sums.Errors));
    }

    /// <summary>Adds up the sums at <paramref name="errorIndex"/> - 1 and their errors.</summary>
    private static CompensatedSum MergeSums(Grouping grouping, Table all, int errorIndex)
    {
        CompensatedSum sums = Accumulators.SumNumbers(grouping, all.Columns[errorIndex - 1]);
        ReadOnlySpan<double> errors = ((PrimitiveColumn<double>)all.Columns[errorIndex]).Values;
        for (int row = 0; row < errors.Length; row++)
            sums.Errors[grouping.Groups[row]] += errors[row];
        return sums;
    }

    private static int StateIndex(string name) =>
        int.Parse(name.AsSpan(0, name.IndexOf('.')), System.Globalization.CultureInfo.InvariantCulture);

    private static Column Totals(Column sums, Column errors)
    {
        ReadOnlySpan<double> a = ((PrimitiveColumn<double>)sums).Values, b = ((PrimitiveColumn<double>)errors).Values;
        byte[] bytes = Operand.Allocate(a.Length, out Span<double> totals);
        for (int i = 0; i < totals.Length; i++)
            totals[i] = CompensatedSum.Total(a[i], b[i]);
        return Column.Adopt<double>(sums.Name, bytes);
    }

    private static Column Means(Column sums, Column errors, Column counts)
    {
        ReadOnlySpan<double> totals = ((PrimitiveColumn<double>)Totals(sums, errors)).Values;
        ReadOnlySpan<long> n = ((PrimitiveColumn<long>)counts).Values;
        var means = new PrimitiveColumnBuilder<double>(n.Length);
        for (int i = 0; i < n.Length; i++)
        {
            if (n[i] == 0)
                means.AppendNull();
            else
                means.Append(totals[i] / n[i]);
        }
        return means.Build(sums.Name);
    }
}
