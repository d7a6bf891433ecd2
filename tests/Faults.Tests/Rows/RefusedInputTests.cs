using TaskGraph.Messages;

namespace TaskGraph.Tests.Faults;

/// <summary>Rows 28, 29, 31, 32 and 38: what is refused, where, and what is said of it.</summary>
public sealed class RefusedInputTests : IAsyncLifetime
{
    private LocalCluster _cluster = null!;
    private Client _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await LocalCluster.StartAsync(
            new LocalClusterOptions { Workers = 2, ThreadsPerWorker = 1, Output = static _ => { } });
        _client = await Client.ConnectAsync(_cluster);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [FaultFact(28)]
    public async Task An_argument_that_cannot_travel_fails_at_submit_with_its_path_and_nothing_is_sent()
    {
        var before = await TasksAsync();
        Assert.Contains(
            "Content", Assert.Throws<NotSerializableException>(
                () => _client.Submit((Letter letter) => letter.ToString(), new Letter(Stream.Null))).Path, StringComparison.Ordinal);
        Assert.Throws<NotSerializableException>(
            () => _client.Submit((Func<int> function) => function(), new Func<int>(() => 1)));
        Assert.Throws<NotSerializableException>(() => _client.Submit((IntPtr[] p) => p.Length, new IntPtr[1]));
        var ring = new Ring();
        ring.Next = ring;
        Assert.ThrowsAny<TaskGraphException>(() => _client.Submit((Ring r) => r.Next is null, ring));
        Assert.Equal(before, await TasksAsync());
        Assert.Equal(3, await _client.Submit(static (a, b) => a + b, 1, 2));
    }

    [FaultFact(29)]
    public async Task A_result_that_cannot_travel_fails_its_task_once_naming_the_type_and_the_worker_lives()
    {
        using var log = new RunLog();
        var path = log.Path;
        var pids = _cluster.Workers.Select(static worker => worker.ProcessId).ToArray();
        var options = new SubmitOptions { Retries = 2, Pure = false };
        var error = await Assert.ThrowsAsync<TaskFailedException>(async () => await _client.Submit(
            static file =>
            {
                // Its static type gives nothing away: what refuses it is the worker.
                RunLog.Note(file, "run");
                return (object)new Letter(Stream.Null);
            },
            path, options));
        Assert.Equal(TaskErrorKind.ResultNotSerializable, error.Kind);
        Assert.Contains(nameof(Letter), error.Message, StringComparison.Ordinal);
        Assert.Single(log.Lines);
        await Assert.ThrowsAsync<TaskFailedException>(async () => await _client.Submit(static () => new Ring().Tied()));
        Assert.Equal(3, await _client.Submit(static (a, b) => a + b, 1, 2));
        Assert.Equal(pids, _cluster.Workers.Select(static worker => worker.ProcessId));
    }

    [FaultFact(31)]
    public async Task A_graph_with_a_cycle_is_refused_whole_and_the_cycle_printed()
    {
        const int Graphs = 50;
        var before = await TasksAsync();
        for (var seed = 0; seed < Graphs; seed++)
        {
            var random = new Random(seed);
            var graph = new GraphBuilder(_client);
            var size = 3 + random.Next(20);
            for (var i = 1; i < size; i++)
                graph.Add(static x => x + 1, graph.Task<int>($"t{random.Next(i)}"), new SubmitOptions { Key = $"t{i}" });
            // The planted edge leads from the first task back to the last.
            var first = graph.Add(static x => x + 1, graph.Task<int>($"t{size - 1}"), new SubmitOptions { Key = "t0" });
            var error = Assert.Throws<GraphCycleException>(() => graph.Submit(first));
            Assert.Contains("needs", error.Message, StringComparison.Ordinal);
            Assert.True(error.Message.Split("needs").Length <= 12, error.Message);
        }
        Assert.Equal(before, await TasksAsync());
    }

    [FaultFact(32)]
    public async Task Of_two_clients_that_race_with_one_key_and_two_definitions_one_gets_a_key_conflict()
    {
        const int Rounds = 20;
        await using var other = await Client.ConnectAsync(_cluster);
        var conflicts = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var options = new SubmitOptions { Key = $"contested-{i}" };
            var mine = Task.Run(async () => await _client.Submit(static x => x + 1, 41, options));
            var theirs = Task.Run(async () => await other.Submit(static x => x * 2, 8, options));
            conflicts += await RefusedAsync(mine, 42) + await RefusedAsync(theirs, 16);
        }
        Assert.Equal(Rounds, conflicts);

        static async Task<int> RefusedAsync(Task<int> task, int value)
        {
            try
            {
                Assert.Equal(value, await task);
                return 0;
            }
            catch (KeyConflictException)
            {
                return 1;
            }
        }
    }

    [FaultFact(32)]
    public async Task Equal_definitions_of_two_clients_share_one_run()
    {
        using var log = new RunLog();
        var path = log.Path;
        await using var other = await Client.ConnectAsync(_cluster);
        Func<string, int> noted = static file =>
        {
            RunLog.Note(file, "run");
            return 7;
        };
        var options = new SubmitOptions { Key = "shared" };
        var mine = _client.Submit(noted, path, options);
        var theirs = other.Submit(noted, path, options);
        Assert.Equal(7, await mine);
        Assert.Equal(7, await theirs);
        Assert.Single(log.Lines);
    }

    [FaultFact(38)]
    public async Task A_task_that_nobody_can_run_says_what_it_needs_and_runs_when_somebody_comes_who_can()
    {
        var options = new SubmitOptions { Resources = new Dictionary<string, double> { ["GPU"] = 1 }, Pure = false };
        var future = _client.Submit(static () => 5, options);
        await Eventually.TrueAsync(
            async () => (await _client.StoryAsync(future)).Contains("GPU", StringComparison.Ordinal), "the story names GPU");
        Assert.Equal(FutureStatus.Pending, future.Status);
        await using var late = FaultProcess.Start(
            "taskgraph-worker", [_cluster.Address, "--resources", "GPU=1", "--name", "late"], null, static _ => { });
        Assert.Equal(5, await future.ResultAsync(TimeSpan.FromSeconds(30)));
    }

    private async Task<long> TasksAsync() => (await _client.SchedulerInfoAsync()).TaskCounts.Values.Sum();

    private sealed record Letter(Stream Content);

    private sealed class Ring
    {
        public Ring? Next { get; set; }

        public Ring Tied()
        {
            Next = this;
            return this;
        }
    }
}
