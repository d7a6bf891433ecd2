namespace TaskGraph.Tests;

public sealed class CoordinationTests(RunningCluster running) : IClassFixture<RunningCluster>, IAsyncLifetime
{
    private static readonly SubmitOptions s_impure = new() { Pure = false };
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);
    private Client _other = null!;

    public async Task InitializeAsync() => _other = await Client.ConnectAsync(running.Cluster);

    public async Task DisposeAsync() => await _other.DisposeAsync();

    [Fact]
    public async Task A_lock_is_held_by_one_client_at_a_time_and_tokens_grow()
    {
        var first = await running.Client.Lock("one-at-a-time").AcquireAsync();
        await Assert.ThrowsAsync<TimeoutException>(
            () => _other.Lock("one-at-a-time").AcquireAsync(TimeSpan.Zero));
        var waiting = _other.Lock("one-at-a-time").AcquireAsync(s_long);
        await first.RefreshAsync();
        Assert.True(first.IsValid);
        await first.ReleaseAsync();

        await using var second = await waiting;
        Assert.True(second.Token > first.Token);
        Assert.True(await running.Client.Lock("one-at-a-time").IsLockedAsync());
        Assert.Throws<LeaseLostException>(first.ThrowIfLost);
    }

    [Fact]
    public async Task Tasks_under_a_lock_never_lose_an_update()
    {
        await running.Client.Variable<int>("counter").SetAsync(0);
        await running.Client.GatherAsync(running.Client.Map(i => AddUnderLock(i), Enumerable.Range(0, 30), s_impure));

        Assert.Equal(30 * 29 / 2, await _other.Variable<int>("counter").GetAsync());
        Assert.False(await _other.Lock("counter").IsLockedAsync());
    }

    [Fact]
    public async Task Tasks_fill_a_bounded_queue_that_another_client_empties()
    {
        var puts = running.Client.Map(i => PutNumber(i), Enumerable.Range(0, 20), s_impure);
        var queue = _other.Queue<int>("numbers");
        var sum = 0;
        for (var taken = 0; taken < 20;)
        {
            var numbers = await queue.GetManyAsync(3, s_long);
            Assert.InRange(numbers.Length, 1, 3);
            taken += numbers.Length;
            sum += numbers.Sum();
        }

        await running.Client.GatherAsync(puts);
        Assert.Equal(190, sum);
        Assert.Equal(0, await queue.CountAsync());
        await Assert.ThrowsAsync<TimeoutException>(() => queue.GetAsync(TimeSpan.Zero));
    }

    [Fact]
    public async Task A_future_in_a_queue_arrives_as_a_future_although_its_sender_has_dropped_it()
    {
        var sender = await Client.ConnectAsync(running.Cluster);
        await sender.Queue<Future<int>>("futures").PutAsync(sender.Submit(Double, 21));
        await sender.DisposeAsync();
        var future = await _other.Queue<Future<int>>("futures").GetAsync(s_long);

        Assert.Same(_other, future.Client);
        Assert.Equal(42, await future);
        Assert.Equal(84, await _other.Submit(Double, future));
    }

    [Fact]
    public async Task A_future_of_a_failed_task_fails_where_it_arrives()
    {
        await running.Client.Variable<Future<int>>("failing").SetAsync(running.Client.Submit(Fail, 1));
        var future = await _other.Variable<Future<int>>("failing").GetAsync();

        var error = await Assert.ThrowsAsync<TaskFailedException>(async () => await future);
        Assert.Contains("no luck with 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_future_with_a_large_argument_can_be_put_before_the_argument_has_travelled()
    {
        var future = running.Client.Submit(Length, new byte[3 << 20], s_impure);
        await running.Client.Variable<Future<int>>("large").SetAsync(future);

        Assert.Equal(3 << 20, await await _other.Variable<Future<int>>("large").GetAsync(s_long));
    }

    [Fact]
    public async Task Values_too_large_for_the_scheduler_are_refused_with_the_way_out()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => running.Client.Variable<byte[]>("big").SetAsync(new byte[200_000]));
        Assert.Contains("ScatterAsync", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_waits_for_an_event_that_a_client_sets()
    {
        var waiting = running.Client.Submit(WaitForStart, s_impure);
        Assert.False(await _other.Event("start").IsSetAsync());
        await _other.Event("started").WaitAsync(s_long);
        await _other.Event("start").SetAsync();

        Assert.Equal("gone", await waiting);
        await _other.Event("start").ClearAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => _other.Event("start").WaitAsync(TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public async Task A_semaphore_lets_so_many_tasks_in_at_once()
    {
        var counts = await running.Client.GatherAsync(
            running.Client.Map(i => EnterPair(i), Enumerable.Range(0, 9), s_impure));

        Assert.All(counts, count => Assert.InRange(count, 1, 2));
        await Assert.ThrowsAsync<CoordinationException>(
            () => _other.Semaphore("pair", maxLeases: 3).AcquireAsync(s_long));
    }

    [Fact]
    public async Task Giving_up_a_wait_leaves_the_line()
    {
        await using var held = await running.Client.Lock("given-up").AcquireAsync();
        using var impatience = new CancellationTokenSource();
        var waiting = _other.Lock("given-up").AcquireAsync(s_long, impatience.Token);
        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await held.ReleaseAsync();
        Assert.False(await _other.Lock("given-up").IsLockedAsync());
    }

    [Fact]
    public async Task A_lock_and_a_wait_survive_a_cut_connection()
    {
        var held = await running.Client.Lock("cut").AcquireAsync();
        var waiting = _other.Lock("cut").AcquireAsync(s_long);
        _other.CutConnection("a test cuts it");
        running.Client.CutConnection("a test cuts it");
        await held.ReleaseAsync();

        await using var lease = await waiting;
        Assert.True(lease.IsValid);
    }

    [Fact]
    public async Task A_published_dataset_outlives_its_client()
    {
        var publisher = await Client.ConnectAsync(running.Cluster);
        await publisher.PublishDatasetAsync("squares", publisher.Map(x => x * x, Enumerable.Range(0, 10)));
        await publisher.PublishDatasetAsync("answer", 42);
        await Assert.ThrowsAsync<CoordinationException>(() => publisher.PublishDatasetAsync("answer", 43));
        await publisher.DisposeAsync();

        Assert.Equal(["answer", "squares"], await _other.ListDatasetsAsync());
        var squares = await _other.GetDatasetAsync<Future<int>[]>("squares");
        Assert.Equal(285, (await _other.GatherAsync(squares)).Sum());
        Assert.Equal(42, await _other.GetDatasetAsync<int>("answer"));
        await _other.UnpublishDatasetAsync("squares");
        await _other.UnpublishDatasetAsync("answer");
        await Assert.ThrowsAsync<KeyNotFoundException>(() => _other.GetDatasetAsync<int>("answer"));
    }

    [Fact]
    public async Task The_lock_of_a_killed_worker_is_free_after_its_lease()
    {
        await using var cluster = await LocalCluster.StartAsync(
            new LocalClusterOptions { Workers = 1, ThreadsPerWorker = 1, Output = static _ => { } });
        await using var client = await Client.ConnectAsync(cluster);
        var dying = client.Submit(HoldForEver, s_impure);
        await client.Event("held").WaitAsync(s_long);
        await cluster.KillWorkerAsync(0);
        await using var lease = await client.Lock("dying", TimeSpan.FromSeconds(3)).AcquireAsync(s_long);

        Assert.True(lease.IsValid);
        Assert.Equal(1, await dying);
    }

    private static int Double(int x) => 2 * x;

    private static int Length(byte[] bytes) => bytes.Length;

    private static int Fail(int x) => throw new InvalidOperationException($"no luck with {x}");

    private static async Task<int> AddUnderLock(int i)
    {
        var client = Client.Current!;
        await using var lease = await client.Lock("counter").AcquireAsync();
        var counter = client.Variable<int>("counter");
        await counter.SetAsync(await counter.GetAsync() + i);
        return i;
    }

    private static async Task<int> PutNumber(int i)
    {
        await Client.Current!.Queue<int>("numbers", maxSize: 4).PutAsync(i);
        return i;
    }

    private static async Task<int> EnterPair(int i)
    {
        var semaphore = Client.Current!.Semaphore("pair", maxLeases: 2);
        await using var lease = await semaphore.AcquireAsync();
        return await semaphore.CountAsync();
    }

    private static async Task<string> WaitForStart()
    {
        await Client.Current!.Event("started").SetAsync();
        await Client.Current!.Event("start").WaitAsync();
        return "gone";
    }

    private static async Task<int> HoldForEver()
    {
        var client = Client.Current!;
        if (await client.Event("held").IsSetAsync())
            return 1;
        var lease = await client.Lock("dying", TimeSpan.FromSeconds(3)).AcquireAsync();
        await client.Event("held").SetAsync();
        await Task.Delay(Timeout.Infinite, lease.Lost);
        return 0;
    }
}
