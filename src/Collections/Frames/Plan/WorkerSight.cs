namespace TaskGraph.Collections;

/// <summary>Which workers see the client's files.</summary>
/// <param name="Probes">What the client itself sees, per file.</param>
/// <param name="Readers">The names of the workers that see the same; a worker that is started again keeps its name.
/// </param>
/// <param name="WorkerCount">How many workers there are.</param>
/// <param name="ThreadCount">How many threads they have together.</param>
internal sealed record WorkerSight(
    IReadOnlyList<FileProbe> Probes, IReadOnlyList<string> Readers, int WorkerCount, int ThreadCount)
{
    /// <summary>Whether every worker reads for itself.</summary>
    internal bool AllSee => WorkerCount > 0 && Readers.Count == WorkerCount;

    /// <summary>Keeps reading tasks on workers that see the file, unless all do.</summary>
    internal SubmitOptions? ReaderOptions => AllSee ? null : new SubmitOptions { Workers = Readers };

    /// <summary>Whether partition <paramref name="index"/> is read by a worker: as many in turn as workers see the
    /// file.</summary>
    internal bool Reads(int index) => AllSee || (WorkerCount > 0 && index % WorkerCount < Readers.Count);

    /// <summary>Asks every worker for what it sees.</summary>
    internal static async Task<WorkerSight> ProbeAsync(FrameBuild build, IReadOnlyList<CsvFile> files)
    {
        string[] paths = [.. files.Select(file => file.Path)];
        FileProbe[] own = Array.ConvertAll(paths, FileProbe.Of);
        Client client = build.Client;
        await client.WaitForWorkersAsync(1, null, build.Cancellation).ConfigureAwait(false);
        SchedulerInfo info = await client.SchedulerInfoAsync(build.Cancellation).ConfigureAwait(false);
        IReadOnlyDictionary<string, long[]> seen =
            await client.RunAsync(() => PartitionTasks.Probe(paths), cancellationToken: build.Cancellation).ConfigureAwait(false);
        long[] expected = [.. own.SelectMany(probe => probe.ToNumbers())];
        string[] readers = [.. info.Workers
            .Where(worker => seen.TryGetValue(worker.Address, out long[]? probe)
                && probe.AsSpan().SequenceEqual(expected))
            .Select(worker => worker.Name)];
        Array.Sort(readers, StringComparer.Ordinal);
        return new WorkerSight(own, readers, info.Workers.Count, info.Workers.Sum(worker => worker.Threads));
    }
}
