using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>A function that tasks call, and what is known of its running time.</summary>
internal sealed class FunctionRecord
{
    private const int Smoothing = 4;

    private RecentRuns? _recent;

    public required int Number { get; init; }

    /// <summary>When the first finished run began, and the last one ended; −1 = none has finished.</summary>
    public long StartedUs { get; private set; } = -1;
    public long StoppedUs { get; private set; } = -1;

    /// <summary>Tasks that have failed for good.</summary>
    public long FailedCount { get; set; }

    public required DefineFunction Definition { get; init; }

    /// <summary>Microseconds that one run is taken to last in all accounts of occupancy.</summary>
    public long EstimateUs { get; set; }

    /// <summary>Smoothed running time; −1 = never measured.</summary>
    public long MeanUs { get; private set; } = -1;

    /// <summary>Smoothed bytes of a value; 0 = never measured.</summary>
    public long MeanBytes { get; private set; }

    /// <summary>Runs that have finished.</summary>
    public long FinishedCount { get; private set; }

    /// <summary>Microseconds of all finished runs.</summary>
    public long TotalUs { get; private set; }

    /// <summary>Bytes of all values.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>
    /// Median of its last runs in microseconds, −1 while it is not known: only functions of speculative tasks keep it.
    /// </summary>
    public long MedianUs => _recent?.MedianUs ?? -1;

    /// <summary>Whether <see cref="EstimateUs"/> is off by more than a factor of two.</summary>
    public bool IsEstimateStale => MeanUs > EstimateUs * 2 || MeanUs * 2 < EstimateUs;

    /// <summary>Takes in one measured run that has ended <paramref name="now"/>.</summary>
    public void Measure(int durationUs, long bytes, long now)
    {
        long duration = Math.Max(1, durationUs);
        if (StartedUs < 0)
            StartedUs = Math.Max(0, now - duration);
        StoppedUs = now;
        MeanBytes = FinishedCount++ == 0 ? bytes : MeanBytes + ((bytes - MeanBytes) / Smoothing);
        TotalUs += duration;
        TotalBytes += bytes;
        MeanUs = MeanUs < 0 ? duration : Math.Max(1, MeanUs + ((duration - MeanUs) / Smoothing));
        _recent?.Add(duration);
    }

    /// <summary>Keeps the median from now on.</summary>
    public void KeepRecentRuns() => _recent ??= new RecentRuns();
}

/// <summary>All functions by content hash; their numbers are dense and never leave the scheduler.</summary>
internal sealed class FunctionTable
{
    private readonly Dictionary<Hash128, FunctionRecord> _byId = [];
    private readonly List<FunctionRecord> _records = [];

    public int Count => _records.Count;

    public FunctionRecord this[int number] => _records[number];

    public FunctionRecord? Find(Hash128 id) => _byId.GetValueOrDefault(id);

    /// <summary>Keeps a copy of <paramref name="definition"/>, unless the function is known already.</summary>
    public FunctionRecord Add(DefineFunction definition, long unknownDurationUs)
    {
        if (_byId.TryGetValue(definition.Id, out FunctionRecord? known))
            return known;
        DefineFunction kept = new() { Id = definition.Id, Name = definition.Name, Body = definition.Body };
        kept.Assemblies.AddRange(definition.Assemblies.Span);
        FunctionRecord record = new() { Number = _records.Count, Definition = kept, EstimateUs = unknownDurationUs };
        _records.Add(record);
        _byId.Add(kept.Id, record);
        return record;
    }
}
