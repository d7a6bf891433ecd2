using Microsoft.Extensions.Logging;

namespace TaskGraph;

/// <summary>
/// What a running task can ask of the worker that runs it; shipped code finds it at <see cref="Current"/>.
/// </summary>
public abstract class TaskContext
{
    // Flows with the ExecutionContext alone: a thread-static beside it would hand one task's context to another
    // whose continuation happens to be completed inline on the first one's thread.
    private static readonly AsyncLocal<TaskContext?> s_current = new();

    /// <summary>The context of the task that runs here, its awaits and its child threads included; else null.</summary>
    public static TaskContext? Current => s_current.Value;

    /// <summary>The task's key.</summary>
    public abstract string Key { get; }

    /// <summary>The address at which other workers and clients reach this worker.</summary>
    public abstract string WorkerAddress { get; }

    /// <summary>The worker's name.</summary>
    public abstract string WorkerName { get; }

    /// <summary>Where the worker's scheduler listens, for tasks that submit tasks; empty if there is none.</summary>
    public virtual string SchedulerAddress => "";

    /// <summary>The actor whose method runs here; null in a task.</summary>
    public virtual TaskId? ActorId => null;

    /// <summary>What runs on this worker at the moment, by when it started.</summary>
    public virtual IReadOnlyList<RunningTask> RunningTasks => [];

    /// <summary>Cancelled when the task is, its time is up, or the worker closes.</summary>
    public abstract CancellationToken Cancellation { get; }

    /// <summary>
    /// Gives the task's thread slot back: the worker starts another task while this one waits or trains on.
    /// </summary>
    public abstract void Secede();

    /// <summary>
    /// Waits until the task holds a thread slot again, after it has seceded or waited for other tasks: what follows then
    /// counts among the tasks that the worker runs at once. Those that come back go before those that have not started.
    /// </summary>
    public abstract Task RejoinAsync(CancellationToken cancellationToken = default);

    /// <summary>Passes <paramref name="bytes"/> as progress to the clients that want the task.</summary>
    public abstract void Report(ReadOnlyMemory<byte> bytes);

    /// <summary>
    /// Logs an event under a topic, for whoever asks for it (<c>Client.GetEventsAsync</c>) or has subscribed to it.
    /// </summary>
    /// <param name="topic">At most 512 characters.</param>
    /// <param name="value">A value whose encoded form takes at most 64 KiB.</param>
    /// <exception cref="ArgumentException">It takes more, or the topic has no name.</exception>
    public void LogEvent<T>(string topic, T value) => SendEvent(topic, TopicValue.Encode(topic, value));

    /// <summary>Prints a line where clients ask for it (<c>Client.ForwardOutputAsync</c>).</summary>
    public void Print(string text) => LogEvent(Topics.Print, text);

    /// <summary>Warns clients that ask for it (<c>Client.ForwardOutputAsync</c>).</summary>
    public void Warn(string text) => LogEvent(Topics.Warn, text);

    /// <summary>
    /// A log for the task's code, whose records go to clients that ask for them (<c>Client.ForwardLogsAsync</c>), from
    /// <see cref="LogLevel.Information"/> on.
    /// </summary>
    public ILogger Log => new TopicLogger(this);

    /// <summary>Passes an encoded event on.</summary>
    protected internal virtual void SendEvent(string topic, byte[] value)
    {
        // Without a worker around it there is nobody to tell.
    }

    /// <summary>Joins the other members of <paramref name="spec"/>; completes when all are connected.</summary>
    /// <exception cref="CommunicatorException">A member could not be reached, or died.</exception>
    public abstract Task<ICommunicator> JoinGroupAsync(GroupSpec spec, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes <paramref name="context"/> the current one until the scope is disposed: the executor's door.
    /// </summary>
    public static Scope Enter(TaskContext context)
    {
        var outer = s_current.Value;
        s_current.Value = context;
        return new Scope(outer);
    }

    /// <summary>Restores what was current before <see cref="Enter"/>.</summary>
    public readonly struct Scope : IDisposable
    {
        private readonly TaskContext? _outer;

        internal Scope(TaskContext? outer) => _outer = outer;

        /// <summary>Leaves the scope.</summary>
        public void Dispose() => s_current.Value = _outer;
    }
}
