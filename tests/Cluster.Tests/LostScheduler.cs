using TaskGraph.Scheduler.Server;
using TaskGraph.Transport;
using TaskGraph.Worker.Server;

namespace TaskGraph.Tests;

/// <summary>
/// A client, and what it can wait with, whose scheduler vanishes: first it says nothing more, then it is gone. Every awaiting
/// call is made twice, once before it is gone and once after.
/// </summary>
public sealed class LostScheduler : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(300);

    private readonly List<WorkerServer> _workers = [];
    private SchedulerServer _scheduler = null!;
    private LinkRelay _relay = null!;
    private Task<Exception?>[] _pending = [];

    public Client Client { get; private set; } = null!;

    public ClientOptions Options { get; private set; } = null!;

    public Future<int> Future { get; private set; } = null!;

    public Future<int>[] Futures => [Future];

    public IFuture[] Any => [Future];

    public Future<int>[][] Rows => [Futures];

    public Dictionary<string, Future<int>> ByName => new() { ["one"] = Future };

    public DistributedLease Kept { get; private set; } = null!;

    public DistributedLease GivenBack { get; private set; } = null!;

    public Actor<List<int>> Actor { get; private set; } = null!;

    public string DumpPath { get; } = Path.Combine(Path.GetTempPath(), $"lost-{Guid.NewGuid():N}.json");

    public CompletionStream<int> Stream => Client.AsCompletedStream(Futures);

    public async Task InitializeAsync()
    {
        _scheduler = await SchedulerServer.StartAsync(new SchedulerServerOptions());
        _relay = new LinkRelay(_scheduler.Address.Port);
        foreach (var name in new[] { "tasks", "actors" })
        {
            _workers.Add(await WorkerServer.StartAsync(new WorkerServerOptions
            {
                Scheduler = _scheduler.Address,
                Name = name,
                SharesProcess = true,
            }));
        }

        Options = new ClientOptions { Address = $"tcp://127.0.0.1:{_relay.Port}", ConnectTimeout = s_patience };
        Client = await Client.ConnectAsync(Options);
        Future = Client.Submit(HangAsync, CancellationToken.None, new SubmitOptions { Workers = ["tasks"] });
        Kept = await Client.Lock("kept").AcquireAsync();
        GivenBack = await Client.Lock("given back").AcquireAsync();
        Actor = await Client.SubmitActor(() => new List<int>(), new SubmitOptions { Workers = ["actors"] });

        _relay.Hold();
        _pending = [.. AwaitingCalls.All.Select(call => call.EndAsync(this))];
        // What needs no scheduler has ended before it is gone, however slow this machine is.
        await Task.WhenAll(_pending.Where((_, i) => AwaitingCalls.All[i].EndsWithoutScheduler)).WaitAsync(TimeSpan.FromSeconds(60));
        _relay.Cut();
    }

    /// <summary>How a call ended that was under way when the scheduler vanished; null = with a value.</summary>
    public Task<Exception?> PendingAsync(int call) => _pending[call];

    public async Task DisposeAsync()
    {
        await Client.DisposeAsync();
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await _scheduler.DisposeAsync();
        File.Delete(DumpPath);
    }

    public void Dispose() => _relay.Dispose();

    public static int Number() => 1;

    public static Task<int> NumberAsync() => Task.FromResult(1);

    public static void Nothing()
    {
        // Only whether it is called matters.
    }

    public static Task NothingAsync() => Task.CompletedTask;

    public static int CountOf(List<int> actor) => actor.Count;

    public static int Added(List<int> actor, int more) => actor.Count + more;

    public static void Clear(List<int> actor) => actor.Clear();

    public static void Add(List<int> actor, int more) => actor.Add(more);

    public static async Task WaitAsync(List<int> actor)
    {
        await Task.Delay(Timeout.Infinite);
        actor.Clear();
    }

    public static async Task WaitMoreAsync(List<int> actor, int more)
    {
        await Task.Delay(Timeout.Infinite);
        actor.Add(more);
    }

    public static async Task<int> WaitedAsync(List<int> actor)
    {
        await Task.Delay(Timeout.Infinite);
        return actor.Count;
    }

    public static async Task<int> WaitedMoreAsync(List<int> actor, int more)
    {
        await Task.Delay(Timeout.Infinite);
        return actor.Count + more;
    }

    private static async Task<int> HangAsync(CancellationToken token)
    {
        await Task.Delay(Timeout.Infinite, token);
        return 1;
    }
}
