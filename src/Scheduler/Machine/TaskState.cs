namespace TaskGraph.Scheduler.Machine;

/// <summary>Where a task stands in the scheduler. Legal moves: <see cref="TransitionTable"/>.</summary>
internal enum TaskState : byte
{
    /// <summary>No record: the row is free.</summary>
    Forgotten,

    /// <summary>Known, without a value, and nobody needs it now.</summary>
    Released,

    /// <summary>Needed; some inputs have no value yet.</summary>
    Waiting,

    /// <summary>All inputs are there; not yet given to a worker.</summary>
    Queued,

    /// <summary>All inputs are there; no connected worker may run it.</summary>
    NoWorker,

    /// <summary>Given to a worker.</summary>
    Processing,

    /// <summary>At least one worker holds the value.</summary>
    Memory,

    /// <summary>Failed, or an input has failed.</summary>
    Erred,
}

/// <summary>Per-task bits.</summary>
[Flags]
internal enum TaskFlags : ushort
{
    None = 0,

    /// <summary>The submitting client holds a future of it.</summary>
    Wanted = 1,

    /// <summary>Later submissions of the same key share this row: see <see cref="AliasTable"/>.</summary>
    HasAliases = 2,

    /// <summary>More than one worker holds the value: see <see cref="ReplicaTable"/>.</summary>
    HasReplicas = 4,

    /// <summary>Retries, time limit, restriction or name: see <see cref="TaskExtras"/>.</summary>
    HasExtras = 8,

    /// <summary>
    /// A task already on a worker waits for this value to be computed again: placed even where there is no room.
    /// </summary>
    Urgent = 16,

    /// <summary>Gave up its slot (long-running).</summary>
    Seceded = 32,

    /// <summary>The worker was asked to give it back.</summary>
    Retracting = 64,

    /// <summary>The worker refused to give it back: it has started.</summary>
    Started = 128,

    /// <summary>A worker died while it may have run: see the machine's death reports.</summary>
    Suspected = 256,

    /// <summary>Its key is in the <see cref="KeyTable"/>.</summary>
    Keyed = 512,

    /// <summary>Its value is an actor: it lives on its first holder, and dies with it.</summary>
    Actor = 1024,

    /// <summary>Its client allows a second run beside one that takes long.</summary>
    Speculative = 2048,

    /// <summary>In Processing: it was given to a second worker too.</summary>
    Speculated = 4096,
}
