namespace TaskGraph.Collections;

/// <summary>One row-wise operation on a partition. Steps in a row run in one task, as a <see cref="PartitionProgram"/>.
/// </summary>
internal abstract class Step
{
    /// <summary>The partition after this step.</summary>
    internal abstract Table Apply(Table table);

    /// <summary>The columns that this step reads, where those in <paramref name="outputs"/> are wanted after it.
    /// </summary>
    internal abstract HashSet<string> Inputs(IReadOnlySet<string> outputs);
}

/// <summary>Keeps rows where a condition is true.</summary>
internal sealed class FilterStep(Expr condition) : Step
{
    internal Expr Condition { get; } = condition;

    internal override Table Apply(Table table) => table.Where(Condition);

    internal override HashSet<string> Inputs(IReadOnlySet<string> outputs)
    {
        var inputs = new HashSet<string>(outputs);
        Condition.CollectColumns(inputs);
        return inputs;
    }
}

/// <summary>Keeps computed columns, and nothing else.</summary>
internal sealed class SelectStep(Expr[] columns) : Step
{
    internal Expr[] Columns { get; } = columns;

    internal override Table Apply(Table table) =>
        Table.FromColumns(Array.ConvertAll(Columns, column => ExprEvaluator.Evaluate(column, table)));

    // All of them, wanted or not: a select without columns would lose the number of rows.
    internal override HashSet<string> Inputs(IReadOnlySet<string> outputs)
    {
        var inputs = new HashSet<string>();
        foreach (Expr column in Columns)
            column.CollectColumns(inputs);
        return inputs;
    }
}

/// <summary>Adds or replaces one column.</summary>
internal sealed class WithColumnStep(string name, Expr value) : Step
{
    internal string Name { get; } = name;

    internal Expr Value { get; } = value;

    internal override Table Apply(Table table) => table.WithColumn(Name, Value);

    internal override HashSet<string> Inputs(IReadOnlySet<string> outputs)
    {
        var inputs = new HashSet<string>(outputs);
        inputs.Remove(Name);
        Value.CollectColumns(inputs);
        return inputs;
    }
}

/// <summary>Renames columns; those that were not read are passed over.</summary>
internal sealed class RenameStep((string From, string To)[] names) : Step
{
    internal (string From, string To)[] Names { get; } = names;

    internal override Table Apply(Table table) => Table.FromColumns(
        [.. table.Columns.Select(column => NewName(column.Name) is { } name ? column.Rename(name) : column)]);

    internal override HashSet<string> Inputs(IReadOnlySet<string> outputs) =>
        [.. outputs.Select(name =>
            Names.Where(pair => pair.To == name).Select(pair => pair.From).FirstOrDefault(name))];

    private string? NewName(string name)
    {
        foreach ((string from, string to) in Names)
        {
            if (from == name)
                return to;
        }
        return null;
    }
}

/// <summary>Leaves columns out; those that were not read are passed over.</summary>
internal sealed class DropStep(string[] names) : Step
{
    internal string[] Names { get; } = names;

    internal override Table Apply(Table table) =>
        table.Select([.. table.Schema.Names.Where(name => !Names.Contains(name))]);

    internal override HashSet<string> Inputs(IReadOnlySet<string> outputs) => [.. outputs];
}

/// <summary>Adds the number of each row, counted over all partitions.</summary>
internal sealed class RowIndexStep(string name, long first) : Step
{
    internal string Name { get; } = name;

    /// <summary>The number of the partition's first row; unknown (0) until the plan is carried out.</summary>
    internal long First { get; } = first;

    internal override Table Apply(Table table)
    {
        byte[] bytes = Operand.Allocate(table.RowCount, out Span<long> numbers);
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = First + i;
        return Table.FromColumns([Column.Adopt<long>(Name, bytes), .. table.Columns]);
    }

    internal override HashSet<string> Inputs(IReadOnlySet<string> outputs) =>
        [.. outputs.Where(name => name != Name)];
}

/// <summary>Keeps the first rows of the partition.</summary>
internal sealed class HeadStep(int count) : Step
{
    internal int Count { get; } = count;

    internal override Table Apply(Table table) => table.Head(Count);

    internal override HashSet<string> Inputs(IReadOnlySet<string> outputs) => [.. outputs];
}

/// <summary>Sorts the partition.</summary>
internal sealed class SortStep(SortKey[] keys) : Step
{
    internal SortKey[] Keys { get; } = keys;

    internal override Table Apply(Table table) => table.SortBy(Keys);

    internal override HashSet<string> Inputs(IReadOnlySet<string> outputs) =>
        [.. outputs, .. Keys.Select(key => key.Column)];
}

/// <summary>Reduces the partition to group states.</summary>
internal sealed class PartialStep(AggregateSpec spec) : Step
{
    internal AggregateSpec Spec { get; } = spec;

    internal override Table Apply(Table table) => GroupByKernel.Partial(table, Spec.Keys, Spec.Aggregates);

    internal override HashSet<string> Inputs(IReadOnlySet<string> outputs)
    {
        var inputs = new HashSet<string>(Spec.Keys);
        foreach (Aggregate aggregate in Spec.Aggregates)
            aggregate.Input?.CollectColumns(inputs);
        return inputs;
    }
}

/// <summary>Any function of a whole partition; a task of its own.</summary>
internal sealed class MapStep(Func<Table, Table> function) : Step
{
    internal Func<Table, Table> Function { get; } = function;

    internal override Table Apply(Table table) =>
        throw new InvalidOperationException("A function over partitions runs as a task of its own.");

    internal override HashSet<string> Inputs(IReadOnlySet<string> outputs) =>
        throw new InvalidOperationException("What a function over partitions reads is not known.");
}
