using System.Threading.Channels;
using TaskGraph;
using TaskGraph.Worker.Execution;
using Worker.Tests.Server;

namespace Worker.Tests.Execution;

/// <summary>An executor whose events a test awaits one by one.</summary>
internal sealed class ExecutorBed : IRunHost, IDisposable
{
    private readonly Channel<TaskRun> _ended = Channel.CreateUnbounded<TaskRun>();
    private readonly Channel<TaskRun> _seceded = Channel.CreateUnbounded<TaskRun>();
    private readonly Channel<TaskRun> _stuck = Channel.CreateUnbounded<TaskRun>();
    private readonly FunctionLoader _loader = new(shareProcess: true);
    private readonly Lock _gate = new();
    private int _next;

    private readonly EndPace _pace;

    public ExecutorBed(int threads = 1, TimeSpan? grace = null, EndPace pace = EndPace.Each, RunBoard? board = null)
    {
        _pace = pace;
        Executor = new TaskExecutor(threads, "test", Wake, Wake)
        {
            Grace = grace ?? Limits.Long,
            Board = board,
            FoundStuck = run => _stuck.Writer.TryWrite(run),
        };
        if (pace != EndPace.Each)
            Wake();
    }

    public TaskExecutor Executor { get; }

    public string WorkerAddress => "tcp://test:1";

    public string WorkerName => "test";

    public void LogEvent(string topic, byte[] value)
    {
        // Nobody listens.
    }

    public TaskRun Run(
        Delegate function, int timeoutMs = 0, long priority = 0, byte[]? arguments = null, bool isInlineWanted = false)
    {
        var run = Create(function, timeoutMs, priority, arguments, isInlineWanted);
        Executor.Enqueue([run]);
        return run;
    }

    public TaskRun Create(
        Delegate function, int timeoutMs = 0, long priority = 0, byte[]? arguments = null, bool isInlineWanted = false) =>
        new(this, _loader.Load(FunctionEncoder.Encode(function).Body))
        {
            Row = _next,
            Task = Tasks.T(_next++),
            Priority = priority,
            Arguments = arguments,
            TimeoutMs = timeoutMs,
            IsInlineWanted = isInlineWanted,
        };

    public async Task<TaskRun> EndedAsync() => await _ended.Reader.ReadAsync().AsTask().WaitAsync(Limits.Long);

    public async Task<TaskRun> SecededAsync() => await _seceded.Reader.ReadAsync().AsTask().WaitAsync(Limits.Long);

    public async Task<TaskRun> StuckAsync() => await _stuck.Reader.ReadAsync().AsTask().WaitAsync(Limits.Long);

    public void Dispose() => Executor.Dispose();

    public void Report(TaskId task, ReadOnlyMemory<byte> bytes) => throw new NotSupportedException("Nobody reports here.");

    public Task<ICommunicator> JoinGroupAsync(GroupSpec spec, CancellationToken cancellation) =>
        throw new NotSupportedException("There are no groups here.");

    private void Wake()
    {
        lock (_gate)
        {
            List<TaskRun> ended = [];
            List<TaskRun> seceded = [];
            Executor.TakeEvents(ref ended, ref seceded, _pace);
            seceded.ForEach(run => _seceded.Writer.TryWrite(run));
            ended.ForEach(run => _ended.Writer.TryWrite(run));
        }
    }
}
