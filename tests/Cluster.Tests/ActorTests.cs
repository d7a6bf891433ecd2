using System.Diagnostics;

namespace TaskGraph.Tests;

/// <summary>Actors in a cluster of processes.</summary>
public sealed class ActorTests(RunningCluster running) : IClassFixture<RunningCluster>
{
    private Client Client => running.Client;

    internal sealed class Counter(int start) : IDisposable
    {
        private readonly List<int> _seen = [];
        private int _inside;

        public int Value { get; private set; } = start;

        public string? ToldAtEnd { get; set; }

        public int Add(int amount)
        {
            if (Interlocked.Exchange(ref _inside, 1) == 1)
                throw new InvalidOperationException("two calls at once");
            Value += amount;
            _seen.Add(amount);
            Thread.Yield();
            Volatile.Write(ref _inside, 0);
            return Value;
        }

        public async Task<int> AddSlowlyAsync(int amount)
        {
            await Task.Yield();
            return Add(amount);
        }

        public int[] Seen() => [.. _seen];

        public void Fail() => throw new FormatException("as asked");

        public void Dispose()
        {
            if (ToldAtEnd is { } path)
                File.WriteAllText(path, "disposed of");
        }
    }

    [Fact]
    public async Task An_actor_keeps_its_state_between_calls_and_its_fields_are_read()
    {
        using var future = Client.SubmitActor(() => new Counter(10));
        var counter = await future;

        Assert.Equal(11, await counter.CallAsync(c => c.Add(1)));
        Assert.Equal(16, await counter.CallAsync((c, amount) => c.AddSlowlyAsync(amount), 5));
        await counter.CallAsync(c => { c.Add(4); });
        Assert.Equal(20, await counter.CallAsync(c => c.Value));
    }

    [Fact]
    public async Task Calls_of_one_client_run_in_the_order_in_which_they_were_made_and_never_two_at_once()
    {
        using var future = Client.SubmitActor(x => new Counter(x), 0);
        var counter = await future;
        var others = await Client.ConnectAsync(running.Cluster);
        await using var closing = others;
        var shared = others.Queue<Future<Actor<Counter>>>("a counter");
        await Client.Queue<Future<Actor<Counter>>>("a counter").PutAsync(future);
        using var theirs = await shared.GetAsync();
        var seenThere = await theirs;

        var calls = new List<Task<int>>();
        for (var i = 0; i < 200; i++)
        {
            var amount = i;
            calls.Add(counter.CallAsync(c => c.Add(amount)));
            calls.Add(seenThere.CallAsync((c, x) => c.AddSlowlyAsync(x), 1000 + i));
        }
        await Task.WhenAll(calls);

        var seen = await counter.CallAsync(c => c.Seen());
        Assert.Equal(Enumerable.Range(0, 200), seen.Where(x => x < 1000));
        Assert.Equal(Enumerable.Range(1000, 200), seen.Where(x => x >= 1000));
    }

    [Fact]
    public async Task An_actors_exceptions_are_typed_and_it_lives_on()
    {
        using var future = Client.SubmitActor(() => new Counter(1), new SubmitOptions { Key = "the failing counter" });
        var counter = await future;

        var error = await Assert.ThrowsAsync<TaskFailedException>(() => counter.CallAsync(c => c.Fail()));

        Assert.Equal(typeof(FormatException).FullName, error.RemoteType);
        Assert.Equal("the failing counter", error.Key);
        Assert.Contains(nameof(Counter.Fail), error.RemoteStack, StringComparison.Ordinal);
        Assert.Equal(1, await counter.CallAsync(c => c.Value));
    }

    [Fact]
    public async Task Tasks_on_any_worker_call_an_actor_that_is_passed_to_them()
    {
        using var future = Client.SubmitActor(() => new Counter(0));
        var counter = await future;

        var byFuture = Client.Submit(Visits.AddAsync, future, Arg.Of(1));
        var byHandle = Enumerable.Range(2, 8).Select(i => Client.Submit(Visits.AddAsync, counter, i)).ToArray();
        await byFuture;
        await Client.GatherAsync(byHandle);

        Assert.Equal(45, await counter.CallAsync(c => c.Value));
    }

    [Fact]
    public async Task Actors_are_made_where_fewest_are()
    {
        var futures = Enumerable.Range(0, 6).Select(i => Client.SubmitActor(x => new Counter(x), i)).ToArray();
        var actors = await Client.GatherAsync(futures);

        Assert.All(actors.GroupBy(actor => actor.WorkerAddress), group => Assert.Equal(2, group.Count()));
        Assert.Equal(3, actors.DistinctBy(actor => actor.WorkerAddress).Count());
        foreach (var future in futures)
            future.Dispose();
    }

    [Fact]
    public async Task An_actor_ends_and_is_disposed_of_when_nobody_holds_it()
    {
        using var log = new RunLog();
        var path = log.Path + ".end";
        var future = Client.SubmitActor(file => new Counter(0) { ToldAtEnd = file }, path);
        var counter = await future;
        Assert.Equal(0, await counter.CallAsync(c => c.Value));

        future.Dispose();

        await Assert.ThrowsAsync<ActorLostException>(async () =>
        {
            while (true)
                await counter.CallAsync(c => c.Value);
        });
        while (!File.Exists(path) || File.ReadAllText(path).Length == 0)
            await Task.Yield();
        Assert.Equal("disposed of", File.ReadAllText(path));
        File.Delete(path);
    }

    [Fact]
    public async Task A_worker_with_an_actor_does_not_retire_and_says_why()
    {
        using var future = Client.SubmitActor(() => new Counter(0), new SubmitOptions { Key = "the one that stays" });
        var counter = await future;

        var refused = await Assert.ThrowsAsync<TaskGraphException>(
            () => Client.RetireWorkersAsync([counter.WorkerAddress]));

        Assert.Contains("the one that stays", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await counter.CallAsync(c => c.Add(1)));
    }

    [Fact]
    public async Task An_actor_is_neither_copied_nor_made_to_call_itself()
    {
        using var future = Client.SubmitActor(() => new Counter(0));
        var counter = await future;

        var refused = await Assert.ThrowsAsync<TaskGraphException>(() => Client.ReplicateAsync([future], 2));
        Assert.Contains("actor", refused.Message, StringComparison.Ordinal);
        var itself = await Assert.ThrowsAsync<TaskFailedException>(
            () => counter.CallAsync((c, self) => self.CallAsync(x => x.Value), counter));
        Assert.Contains("one at a time", itself.RemoteMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_makes_no_actor_fails_its_future()
    {
        using var future = Client.SubmitActor((Func<Counter>)(() => null!));
        var error = await Assert.ThrowsAsync<TaskFailedException>(async () => await future);
        Assert.Contains("null", error.Message, StringComparison.Ordinal);
    }

    internal static class Visits
    {
        public static Task<int> AddAsync(Actor<Counter> counter, int amount)
            => counter.CallAsync((c, x) => c.Add(x), amount);
    }
}

/// <summary>Actors whose worker or connection goes.</summary>
public sealed class LostActorTests
{
    [Fact]
    public async Task An_actor_is_lost_with_its_worker_and_can_be_made_anew_by_a_retry()
    {
        await using var cluster = await LocalCluster.StartAsync(workers: 2, threadsPerWorker: 1);
        await using var client = await Client.ConnectAsync(cluster);
        var future = client.SubmitActor(() => new ActorTests.Counter(5));
        var counter = await future;
        await counter.CallAsync(c => c.Add(1));
        var never = client.Submit(
            async () =>
            {
                await Task.Delay(Timeout.Infinite, TaskContext.Current!.Cancellation);
                return 1;
            },
            new SubmitOptions { Pure = false });
        var waiting = client.Submit(ActorTests.Visits.AddAsync, future, never);

        var process = await counter.CallAsync(_ => Environment.ProcessId);
        var under = counter.CallAsync(async _ => await Task.Delay(Timeout.Infinite));
        Process.GetProcessById(process).Kill();

        var lost = await Assert.ThrowsAsync<ActorLostException>(() => under);
        Assert.Equal(future.Key, lost.Key);
        await Assert.ThrowsAsync<ActorLostException>(() => counter.CallAsync(c => c.Value));
        await Assert.ThrowsAsync<ActorLostException>(async () => await waiting);
        Assert.IsType<ActorLostException>(await future.ExceptionAsync());
        Assert.Equal(FutureStatus.Error, future.Status);

        never.Dispose();
        await future.RetryAsync();
        var anew = await future;
        Assert.Equal(5, await anew.CallAsync(c => c.Value));
    }

    [Fact]
    public async Task An_actor_in_a_cluster_inside_this_process_works_the_same()
    {
        await using var cluster = await LocalCluster.StartAsync(
            new LocalClusterOptions { Workers = 2, ThreadsPerWorker = 1, Processes = false });
        await using var client = await Client.ConnectAsync(cluster);
        using var future = client.SubmitActor(() => new ActorTests.Counter(5));
        var counter = await future;

        Assert.Equal(7, await counter.CallAsync(c => c.Add(2)));
        Assert.Equal(10, await client.Submit(ActorTests.Visits.AddAsync, counter, 3));
    }
}
