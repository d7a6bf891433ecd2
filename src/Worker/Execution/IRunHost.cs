namespace TaskGraph.Worker.Execution;

/// <summary>What a running task reaches through <see cref="TaskContext"/>: the worker around the executor.</summary>
internal interface IRunHost
{
    /// <summary>The worker's data address.</summary>
    string WorkerAddress { get; }

    /// <summary>The worker's name.</summary>
    string WorkerName { get; }

    /// <summary>Where the scheduler listens; empty if there is none.</summary>
    string SchedulerAddress => "";

    /// <summary>What runs on the worker at the moment, by when it started.</summary>
    IReadOnlyList<RunningTask> RunningTasks => [];

    /// <summary>Characters of an exception's message, and of its stack, that are passed on (Dask's figure).</summary>
    int MaxErrorLength => 10_000;

    /// <summary>Passes progress to the clients that want the task.</summary>
    void Report(TaskId task, ReadOnlyMemory<byte> bytes);

    /// <summary>Passes an event to the scheduler.</summary>
    void LogEvent(string topic, byte[] value);

    /// <summary>Joins a group for the task.</summary>
    Task<ICommunicator> JoinGroupAsync(GroupSpec spec, CancellationToken cancellation);
}
