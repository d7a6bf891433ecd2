using System.Text.Json;

namespace TaskGraph.Tests;

public sealed class OperationsTests : IAsyncLifetime
{
    private LocalCluster _cluster = null!;
    private Client _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await LocalCluster.StartAsync(workers: 3, threadsPerWorker: 1, memoryLimit: "1GiB");
        _client = await Client.ConnectAsync(_cluster);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_worker_retires_and_what_only_it_held_is_neither_lost_nor_computed_again()
    {
        using var log = new RunLog();
        var path = log.Path;
        var leaving = _cluster.Workers[0].Name;
        var own = new SubmitOptions { Workers = [leaving], AllowOtherWorkers = true, Pure = false };
        var computed = _client.Submit(
            file => { RunLog.Append(file, "run"); return Enumerable.Range(0, 5000).ToArray(); }, path, own);
        var scattered = await _client.ScatterAsync(new double[4000], [leaving]);
        await _client.WhenAllAsync([computed]);

        await _client.RetireWorkersAsync([leaving]);

        var info = await _client.SchedulerInfoAsync();
        Assert.DoesNotContain(info.Workers, worker => worker.Name == leaving);
        Assert.Equal(12_497_500, (await computed).Sum());
        Assert.Equal(4000, await _client.Submit(values => values.Length, scattered));
        Assert.Single(log.Lines);
    }

    [Fact]
    public async Task Broadcast_data_lies_on_every_worker_and_equal_data_of_two_clients_is_one()
    {
        await using var other = await Client.ConnectAsync(_cluster);
        var values = Enumerable.Range(0, 100_000).ToArray();

        var mine = (await _client.ScatterAsync([values], new ScatterOptions { Broadcast = true }))[0];
        var theirs = (await other.ScatterAsync([values], new ScatterOptions()))[0];

        Assert.Equal(3, (await _client.WhoHasAsync([mine]))[0].Count);
        Assert.Equal(3, (await other.WhoHasAsync([theirs]))[0].Count);
        Assert.Equal(values, await theirs);
        Assert.Equal(100_000, await other.Submit(numbers => numbers.Length, theirs));
    }

    [Fact]
    public async Task The_scheduler_chooses_which_workers_to_spare_and_keeps_one()
    {
        await _client.RetireWorkersAsync(count: 5);

        Assert.Single((await _client.SchedulerInfoAsync()).Workers);
        Assert.Equal(3, await _client.Submit(number => number + 1, 2));
    }

    [Fact]
    public async Task A_result_lies_on_as_many_workers_as_asked_and_a_dump_and_a_story_say_so()
    {
        var future = _client.Submit(() => new int[5000], new SubmitOptions { Key = "wide" });
        await _client.WhenAllAsync([future]);

        await _client.ReplicateAsync([future], 3);
        Assert.Equal(3, (await _client.WhoHasAsync([future]))[0].Count);
        Assert.StartsWith("wide", await _client.StoryAsync("wide"), StringComparison.Ordinal);
        var story = await _client.StoryAsync(future);
        Assert.Contains("is Memory: its value of", story, StringComparison.Ordinal);
        Assert.Contains("Its moves on worker-", story, StringComparison.Ordinal);
        Assert.Contains("Executing → Memory", story, StringComparison.Ordinal);

        using var folder = new RunLog();
        var path = Path.Combine(folder.Path, "state.json");
        await _client.DumpStateAsync(path);
        using (var dump = JsonDocument.Parse(await File.ReadAllTextAsync(path)))
        {
            var task = dump.RootElement.GetProperty("tasks").EnumerateArray()
                .Single(task => task.GetProperty("key").GetString() == "wide");
            Assert.Equal(3, task.GetProperty("holders").GetArrayLength());
            Assert.Equal(3, dump.RootElement.GetProperty("workers").GetArrayLength());
        }
        File.Delete(path);

        await _client.ReplicateAsync([future], 1);
        Assert.Single((await _client.WhoHasAsync([future]))[0]);
        Assert.Equal(5000, (await future).Length);
    }

    [Fact]
    public async Task Rebalancing_evens_out_what_workers_hold()
    {
        var first = _cluster.Workers[0].Name;
        var data = await _client.ScatterAsync(Enumerable.Range(0, 12).Select(i => new int[1000 + i]), [first]);

        var done = await _client.RebalanceAsync();

        Assert.Contains("copies were made", done, StringComparison.Ordinal);
        var holders = (await _client.WhoHasAsync(data)).Select(addresses => Assert.Single(addresses)).ToArray();
        Assert.Equal(3, holders.Distinct().Count());
        var lengths = await _client.GatherAsync(data);
        Assert.Equal(Enumerable.Range(1000, 12), lengths.Select(values => values.Length));
    }

    [Fact]
    public async Task A_story_says_why_a_task_does_not_run()
    {
        var lonely = _client.Submit(() => 1, new SubmitOptions { Key = "lonely", Workers = ["mars"] });

        // Its submission is placed at the end of a turn; this question's answer comes after it.
        await _client.SchedulerInfoAsync();
        var story = await _client.StoryAsync(lonely);

        Assert.Contains("NoWorker", story, StringComparison.Ordinal);
        Assert.Contains("is not among mars", story, StringComparison.Ordinal);
    }
}
