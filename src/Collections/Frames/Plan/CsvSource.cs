namespace TaskGraph.Collections;

/// <summary>CSV files at the client's paths, cut into partitions that workers read themselves where they see the same
/// file, and are sent otherwise.</summary>
internal sealed class CsvSource(IReadOnlyList<CsvFile> files, CsvOptions options) : FrameSource
{
    private const long DefaultBlockBytes = 64 << 20;
    private const long MinBlockBytes = 64 << 10;

    internal override Schema Schema { get; } = CsvFormat.From(options, files[0].Schema).Output;

    /// <summary>Opens the files of a path or a pattern such as <c>data/flights-*.csv</c>.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="SchemaException">They have different columns.</exception>
    internal static CsvSource Open(string pathOrPattern, CsvOptions options)
    {
        string[] paths = Paths(pathOrPattern);
        CsvFile first = CsvFile.Open(paths[0], options);
        var files = new List<CsvFile> { first };
        // The first file's types hold for all: one of two files may happen to have only integers where the other has
        // not.
        CsvOptions rest = options with { Schema = first.Schema.ToDictionary(field => field.Name, field => field.Type) };
        foreach (string path in paths.Skip(1))
        {
            CsvFile file = CsvFile.Open(path, rest);
            if (!file.Schema.Equals(first.Schema))
                throw new SchemaException(
                    $"{path} has the columns ({file.Schema}), and {first.Path} ({first.Schema}).");
            files.Add(file);
        }
        return new CsvSource(files, options);
    }

    internal override async Task<IReadOnlyList<PartitionInput>> PlanAsync(
        FrameBuild build, IReadOnlySet<string>? needed, int limit)
    {
        WorkerSight sight = await WorkerSight.ProbeAsync(build, files).ConfigureAwait(false);
        long blockBytes = options.BlockBytes ?? BlockBytes(sight.ThreadCount);
        CsvFormat format = Project(needed);
        // Walking a file takes long enough to be kept off the caller's thread.
        return await Task.Run(() => InputsAsync(build, sight, format, blockBytes, limit), build.Cancellation)
            .ConfigureAwait(false);
    }

    private async Task<List<PartitionInput>> InputsAsync(
        FrameBuild build, WorkerSight sight, CsvFormat format, long blockBytes, int limit)
    {
        var inputs = new List<PartitionInput>();
        long carried = 0;
        for (int i = 0; i < files.Count && inputs.Count < limit; i++)
        {
            int room = limit - inputs.Count;
            foreach (PartitionInput input in Inputs(files[i], sight.Probes[i], sight, format, blockBytes).Take(room))
            {
                carried += (input as StreamInput)?.ByteCount ?? 0;
                inputs.Add(input is StreamInput stream && carried > options.MaxCarriedBytes
                    ? await stream.ScatterAsync(build).ConfigureAwait(false)
                    : input);
            }
        }
        return inputs;
    }

    private static string[] Paths(string pathOrPattern)
    {
        string name = Path.GetFileName(pathOrPattern);
        if (!name.AsSpan().ContainsAny('*', '?'))
        {
            return File.Exists(pathOrPattern)
                ? [Path.GetFullPath(pathOrPattern)]
                : throw new FileNotFoundException(
                    $"There is no file {Path.GetFullPath(pathOrPattern)} on this machine; "
                    + "a path given to a reader is the client's.", pathOrPattern);
        }
        string folder = Path.GetFullPath(Path.GetDirectoryName(pathOrPattern) is { Length: > 0 } given ? given : ".");
        string[] paths = Directory.Exists(folder) ? Directory.GetFiles(folder, name) : [];
        Array.Sort(paths, StringComparer.Ordinal);
        return paths.Length > 0
            ? paths
            : throw new FileNotFoundException($"No file in {folder} on this machine matches '{name}'.", pathOrPattern);
    }

    /// <summary>Two partitions per thread at least, none above 64 MiB, and none so small that the task outweighs it.
    /// </summary>
    private long BlockBytes(int threads)
    {
        long total = files.Sum(file => file.IsGzip ? InflatedFile.SizeHint(file.Path) : file.Length);
        return Math.Clamp(total / (2L * Math.Max(1, threads)) + 1, MinBlockBytes, DefaultBlockBytes);
    }

    /// <summary>Reads only the needed columns; one at least, or the rows could not be counted.</summary>
    private CsvFormat Project(IReadOnlySet<string>? needed)
    {
        CsvFormat format = CsvFormat.From(options, files[0].Schema);
        if (needed is null)
            return format;
        int[] wanted = [.. format.Wanted.Where(index => needed.Contains(format.Fields[index].Name))];
        return format with { Wanted = wanted.Length > 0 ? wanted : [format.Wanted[0]] };
    }

    private IEnumerable<PartitionInput> Inputs(
        CsvFile file, FileProbe probe, WorkerSight sight, CsvFormat format, long blockBytes)
    {
        bool mustWalk = file.IsGzip || (options.QuotedNewlines ?? file.HasQuotes);
        if (sight.AllSee && !mustWalk)
        {
            foreach (CsvRange range in Ranges(file, blockBytes))
            {
                CsvTask task = NewTask(file, probe, range, format);
                yield return new RangeInput(task with { ForbidsQuotes = options.QuotedNewlines is null }, null);
            }
            yield break;
        }
        using Stream content = file.OpenContent();
        CsvSplitter.SkipTo(content, file.DataStart);
        int index = 0;
        bool hasRows = false;
        foreach (CsvBlock block in CsvSplitter.Blocks(content, file, options, blockBytes))
        {
            hasRows = true;
            CsvTask task = NewTask(file, probe, block.Range, format);
            yield return sight.Reads(index++)
                ? new RangeInput(task, sight.ReaderOptions)
                : new StreamInput(task, block.Bytes);
        }
        if (!hasRows)
        {
            var none = new CsvRange(file.DataStart, file.DataStart, true, file.FirstLine);
            yield return new StreamInput(NewTask(file, probe, none, format), default);
        }
    }

    private static IEnumerable<CsvRange> Ranges(CsvFile file, long blockBytes)
    {
        long start = file.DataStart;
        do
        {
            long end = Math.Min(start + blockBytes, file.Length);
            yield return new CsvRange(start, end, false, start == file.DataStart ? file.FirstLine : 0);
            start = end;
        }
        while (start < file.Length);
    }

    private static CsvTask NewTask(CsvFile file, FileProbe probe, CsvRange range, CsvFormat format) =>
        new(file.Path, probe, file.IsGzip, file.DataStart, range, false, format);

    /// <summary>A range that a worker reads itself.</summary>
    private sealed class RangeInput(CsvTask task, SubmitOptions? submit) : PartitionInput
    {
        internal override Arg<Table> Add(GraphBuilder graph, PartitionProgram program) =>
            graph.Add(PartitionTasks.ReadRange, task, program, submit);
    }

    /// <summary>Rows that the client sends inside their tasks.</summary>
    private sealed class StreamInput(CsvTask task, ReadOnlyMemory<byte> rows) : PartitionInput
    {
        internal int ByteCount => rows.Length;

        internal override Arg<Table> Add(GraphBuilder graph, PartitionProgram program) =>
            graph.Add(PartitionTasks.ParsePieces, Pieces.Add(graph, rows.Span), task, program);

        /// <summary>Puts the rows on a worker at once, where there are too many for the scheduler to carry.</summary>
        internal async Task<PartitionInput> ScatterAsync(FrameBuild build)
        {
            byte[] packed = PartitionTasks.Pack(rows.Span, Array.MaxLength)[0];
            return new ScatteredInput(
                task, await build.Client.ScatterAsync(packed, null, build.Cancellation).ConfigureAwait(false));
        }
    }

    /// <summary>Rows that the client has put on a worker; they cannot be sent again without it.</summary>
    private sealed class ScatteredInput(CsvTask task, Future<byte[]> packed) : PartitionInput
    {
        internal override Arg<Table> Add(GraphBuilder graph, PartitionProgram program) =>
            graph.Add(PartitionTasks.ParsePieces, Arg.All([packed]), task, program);
    }
}
