namespace TaskGraph.Simulation;

/// <summary>What may go wrong in a scenario, and what users do beyond submitting.</summary>
[Flags]
internal enum Faults
{
    None = 0,

    /// <summary>Workers die; others join in their place.</summary>
    Deaths = 1 << 0,

    /// <summary>Connections of workers are reset (what TCP makes of loss); each side sees it in its own time.</summary>
    Resets = 1 << 1,

    /// <summary>Workers stand still, now and then for longer than their lease.</summary>
    Freezes = 1 << 2,

    /// <summary>Nothing passes in one direction between a worker and the scheduler; then all that waited, after a stall.</summary>
    OneWayCuts = 1 << 3,

    /// <summary>Two workers do not reach each other for a while.</summary>
    PeerCuts = 1 << 4,

    /// <summary>Fetches fail, find nothing, end half-way, or are told to come later.</summary>
    Fetches = 1 << 5,

    /// <summary>One worker's links carry few bytes.</summary>
    SlowLinks = 1 << 6,

    /// <summary>One worker runs everything twenty times as long as the others.</summary>
    SlowWorker = 1 << 7,

    /// <summary>Messages are delivered twice.</summary>
    Duplicates = 1 << 8,

    /// <summary>Connections of clients are cut, and dialled again within the lease or after it.</summary>
    ClientCuts = 1 << 9,

    /// <summary>The last client leaves, with or without a word.</summary>
    ClientLeaves = 1 << 10,

    /// <summary>The scheduler dies and is started again.</summary>
    SchedulerCrash = 1 << 11,

    /// <summary>Code of functions cannot be loaded on a worker.</summary>
    CodeFails = 1 << 12,

    /// <summary>Clients cancel.</summary>
    Cancels = 1 << 13,

    /// <summary>Clients release futures that have not ended.</summary>
    Releases = 1 << 14,

    /// <summary>Clients have failed tasks run again.</summary>
    Retries = 1 << 15,

    /// <summary>Clients put values on workers, and tasks take them.</summary>
    Scatters = 1 << 16,

    /// <summary>Clients have values copied, or moved to even out bytes.</summary>
    Replicates = 1 << 17,

    /// <summary>Workers are retired.</summary>
    Retires = 1 << 18,

    /// <summary>Tasks are restricted to named workers.</summary>
    Restrictions = 1 << 19,

    /// <summary>Tasks take resources.</summary>
    Resources = 1 << 20,

    /// <summary>Clients use locks and queues.</summary>
    Coordination = 1 << 21,

    /// <summary>Workers say that they have paused: memory or disk is full.</summary>
    Pauses = 1 << 22,

    /// <summary>The scheduler keeps a journal; it dies, and is started again with what is on disk.</summary>
    Restarts = 1 << 23,

    /// <summary>Memory of workers holds few values, the rest goes to disk, which fills up and flips bits.</summary>
    Spills = 1 << 24,

    /// <summary>Two processes of one worker's name are started.</summary>
    Twins = 1 << 25,

    /// <summary>Tasks may be run a second time beside a run that takes long; some do.</summary>
    Speculation = 1 << 26,

    /// <summary>The scheduler keeps a journal, and writes it anew, shorter, while it goes on.</summary>
    Compactions = 1 << 27,

    /// <summary>Fresh processes say of what those before them died.</summary>
    DeathReports = 1 << 28,

    /// <summary>Some tasks make actors, which stay where they were made.</summary>
    Actors = 1 << 29,

    All = (1 << 30) - 1,
}

/// <summary>The kinds of <see cref="Faults"/>, one by one.</summary>
internal static class FaultKinds
{
    public static readonly Faults[] Each = [.. Enum.GetValues<Faults>().Where(kind => int.PopCount((int)kind) == 1)];

    /// <summary>Names separated by commas; null where one is none of ours.</summary>
    public static Faults? Parse(string names)
    {
        var faults = Faults.None;
        foreach (var name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Enum.TryParse<Faults>(name, ignoreCase: true, out var kind) || int.TryParse(name, out _))
                return null;
            faults |= kind;
        }

        return faults;
    }
}
