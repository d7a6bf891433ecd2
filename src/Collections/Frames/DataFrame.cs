namespace TaskGraph.Collections;

/// <summary>
/// A table in partitions on a cluster, and what is to be done with it. Operations only describe; work starts with
/// <see cref="ComputeAsync"/>, <see cref="PersistAsync"/>, <see cref="CountAsync"/> or <see cref="HeadAsync"/>.
/// Row-wise
/// operations in a row run as one task per partition, and readers parse only the columns that are used. Immutable, and
/// safe for concurrent use.
/// </summary>
public sealed partial class DataFrame
{
    private readonly Lazy<Schema?> _schema;

    private DataFrame(Client client, FrameSource source, IReadOnlyList<Step> steps)
    {
        Client = client;
        Source = source;
        Steps = steps;
        _schema = new Lazy<Schema?>(() => Source.Schema is not { } schema || Steps.Any(step => step is MapStep)
            ? null
            : NeededColumns.SchemaAfter(schema, Steps));
    }

    /// <summary>The client whose cluster computes the frame.</summary>
    public Client Client { get; }

    /// <summary>The columns and their types; null after <see cref="MapPartitions"/>, where only the data
    /// tells.</summary>
    public Schema? Schema => _schema.Value;

    /// <summary>The partitions of a persisted frame, in order: each holds a table in some worker's memory.</summary>
    /// <exception cref="InvalidOperationException">The frame is a plan; call <see cref="PersistAsync"/>
    /// first.</exception>
    public IReadOnlyList<Future<Table>> Partitions => Source is PersistedSource persisted && Steps.Count == 0
        ? persisted.Partitions
        : throw new InvalidOperationException("This frame is a plan without partitions yet; call PersistAsync first.");

    internal FrameSource Source { get; }

    internal IReadOnlyList<Step> Steps { get; }

    /// <summary>
    /// Reads CSV files, plain or gzip. The path, which may end in a pattern such as <c>flights-*.csv</c>, is the
    /// client's: workers that see the same files (by size and sampled content) read them, the others, and those with
    /// <c>TASKGRAPH_LOCAL_READS=0</c> in their environment, are sent the rows. The header and a sample are read at once,
    /// to name and type the columns.
    /// </summary>
    /// <exception cref="FileNotFoundException">No such file is on this machine.</exception>
    /// <exception cref="CsvException">The sample cannot be read.</exception>
    public static DataFrame ReadCsv(Client client, string path, CsvOptions? options = null)
    {
        options ??= new CsvOptions();
        options.Validate();
        return new DataFrame(client, CsvSource.Open(path, options), []);
    }

    /// <summary>Spreads a table over the cluster, in partitions of equal size.</summary>
    /// <exception cref="SchemaException">The table has no columns.</exception>
    public static DataFrame FromTable(Client client, Table table, int partitionCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitionCount, 1);
        if (table.Columns.Count == 0)
            throw new SchemaException("A frame needs a column.");
        return new DataFrame(client, new TableSource(table, partitionCount), []);
    }

    /// <summary>A frame of tables that tasks have made or will make; all must have the same columns.</summary>
    public static DataFrame FromPartitions(Client client, IReadOnlyList<Future<Table>> partitions)
    {
        ArgumentOutOfRangeException.ThrowIfZero(partitions.Count, nameof(partitions));
        return new DataFrame(client, new PersistedSource([.. partitions], null), []);
    }

    /// <summary>The named columns, in the given order.</summary>
    public DataFrame Select(params IReadOnlyList<string> columns) =>
        Then(new SelectStep([.. columns.Select(Expr.Col)]));

    /// <summary>Computed columns, and nothing else; name them with <see cref="Expr.As"/>.</summary>
    public DataFrame Select(params IReadOnlyList<Expr> columns) => Then(new SelectStep([.. columns]));

    /// <summary>All columns but these.</summary>
    public DataFrame Drop(params IReadOnlyList<string> columns)
    {
        RequireColumns(columns);
        return Then(new DropStep([.. columns]));
    }

    /// <summary>The same columns, one under another name.</summary>
    public DataFrame Rename(string from, string to) => Rename(new Dictionary<string, string> { [from] = to });

    /// <summary>The same columns, some under other names.</summary>
    public DataFrame Rename(IReadOnlyDictionary<string, string> names)
    {
        RequireColumns([.. names.Keys]);
        return Then(new RenameStep([.. names.Select(pair => (pair.Key, pair.Value))]));
    }

    /// <summary>The rows where <paramref name="condition"/> is true; where it is null they are left out.</summary>
    public DataFrame Where(Expr condition) => Then(new FilterStep(condition));

    /// <summary>A computed column, in place of the one of that name or added last.</summary>
    public DataFrame WithColumn(string name, Expr value) => Then(new WithColumnStep(name, value));

    /// <summary>A first column that numbers the rows over all partitions. It needs a pass that counts them.</summary>
    public DataFrame WithRowIndex(string name = "index", long first = 0) => Then(new RowIndexStep(name, first));

    /// <summary>Any function of a whole partition. It is shipped to the workers and must return the same columns for
    /// every partition.</summary>
    public DataFrame MapPartitions(Func<Table, Table> function) => Then(new MapStep(function));

    /// <summary>Groups the rows by columns; <see cref="GroupedFrame.Agg"/> says what of.</summary>
    public GroupedFrame GroupBy(params IReadOnlyList<string> keys)
    {
        RequireColumns(keys);
        return new GroupedFrame(this, [.. keys]);
    }

    /// <summary>Aggregates of all rows: a frame of one row.</summary>
    public DataFrame Agg(params IReadOnlyList<Aggregate> aggregates) => new GroupedFrame(this, []).Agg(aggregates);

    /// <summary>The rows in order of a column, stable, nulls last. They all meet on one worker: meant for results.
    /// </summary>
    public DataFrame SortBy(string column, bool descending = false) => SortBy(new SortKey(column, descending));

    /// <summary>The rows in order of columns, stable, nulls last. They all meet on one worker: meant for results.
    /// </summary>
    public DataFrame SortBy(params IReadOnlyList<SortKey> keys)
    {
        RequireColumns([.. keys.Select(key => key.Column)]);
        return new DataFrame(Client, new SortedSource(this, [.. keys]), []);
    }

    /// <summary>The frame's columns, or that it is not known yet.</summary>
    public override string ToString() => $"DataFrame({Schema?.ToString() ?? "columns known when computed"})";

    internal DataFrame OnSource(FrameSource source) => new(Client, source, []);

    /// <summary>Adds a step, which is tried over no rows at once: mistakes show here, not on a worker.</summary>
    private DataFrame Then(Step step)
    {
        var next = new DataFrame(Client, Source, [.. Steps, step]);
        _ = next.Schema;
        return next;
    }

    private void RequireColumns(IReadOnlyList<string> names)
    {
        if (Schema is not { } schema)
            return;
        foreach (string name in names)
            schema.IndexOf(name);
    }
}
