namespace TaskGraph.Worker.Machine;

/// <summary>Where a task stands on this worker.</summary>
internal enum WorkerTaskState : byte
{
    /// <summary>Known by name alone: on its way in or out.</summary>
    Released,

    /// <summary>To be run here; inputs or the function's code are not here yet.</summary>
    Waiting,

    /// <summary>An input that lies on other workers; no request is under way.</summary>
    Fetch,

    /// <summary>An input that has been asked for.</summary>
    Flight,

    /// <summary>An input without a known holder; the scheduler will name one.</summary>
    Missing,

    /// <summary>Everything is here; waits for the executor.</summary>
    Ready,

    /// <summary>Handed to the executor.</summary>
    Executing,

    /// <summary>Runs, and has given up its slot.</summary>
    LongRunning,

    /// <summary>Its value is in the store (in memory or on disk: see <see cref="Residence"/>).</summary>
    Memory,

    /// <summary>Its run failed and the scheduler has been told.</summary>
    Error,

    /// <summary>
    /// Nobody wants it any more, but its run or transfer cannot be stopped; the end is awaited and thrown away.
    /// </summary>
    Cancelled,

    /// <summary>
    /// Was cancelled, is wanted again for another purpose, and the old run or transfer has still to end.
    /// </summary>
    Resumed,

    /// <summary>Taken back from the executor before it started, to be placed anew by the scheduler.</summary>
    Rescheduled,

    /// <summary>Gone: the row is free.</summary>
    Forgotten,
}

/// <summary>
/// Where a value in state Memory lies. Spilling moves it between these by asynchronous instructions; a value that is
/// not <see cref="InMemory"/> must be loaded before a run that needs it starts.
/// </summary>
internal enum Residence : byte
{
    /// <summary>In memory; a copy on disk may stand beside it.</summary>
    InMemory,

    /// <summary>In memory, and being written to disk.</summary>
    Storing,

    /// <summary>On disk alone.</summary>
    OnDisk,

    /// <summary>On disk, and being read for a task.</summary>
    Loading,
}
