using System.Globalization;

namespace TaskGraph.Tests;

public class FuturesTests(RunningCluster running) : IClassFixture<RunningCluster>
{
    private Client Client => running.Client;

    [Fact]
    public async Task A_retried_future_runs_again_from_the_input_that_failed_first()
    {
        using var log = new RunLog();
        Func<string, int> failOnce = file => RunLog.Append(file, "run") is var runs && runs > 1
            ? runs
            : throw new InvalidOperationException("the first run fails");
        var culprit = Client.Submit(failOnce, log.Path, new SubmitOptions { Pure = false });
        var future = Client.Submit(x => x * 10, culprit);
        await Assert.ThrowsAsync<TaskFailedException>(async () => await future);

        await future.RetryAsync();

        Assert.Equal(20, await future);
        Assert.Equal(2, await culprit);
        var refused = await Assert.ThrowsAsync<TaskGraphException>(() => future.RetryAsync());
        Assert.Contains("has not failed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Futures_can_be_added_while_a_completion_stream_is_read()
    {
        var stream = Client.AsCompletedStream(Client.Map(x => x, Enumerable.Range(1, 3)));
        var values = new List<int>();
        await foreach (var future in stream)
        {
            var value = await future;
            values.Add(value);
            if (value < 10)
                stream.Add(Client.Submit(x => x * 10, future));
        }

        Assert.Equal([1, 2, 3, 10, 20, 30], values.Order());
        Assert.Equal(0, stream.Count);
    }

    [Fact]
    public async Task Progress_is_told_until_all_have_ended_and_the_bar_shows_it()
    {
        var futures = Client.Map(x => x == 3 ? throw new InvalidOperationException() : x, Enumerable.Range(0, 8));
        var text = new StringWriter(CultureInfo.InvariantCulture);

        await Client.ProgressAsync(futures, new ConsoleProgressBar(text, overwrites: true, width: 8));

        var last = text.ToString().TrimEnd().Split('\r')[^1];
        Assert.StartsWith("[########] 100.0 % 8/8, 1 failed", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_key_with_another_definition_is_refused_by_a_typed_exception()
    {
        Func<int, int> increment = x => x + 1;
        var first = Client.Submit(increment, 1, new SubmitOptions { Key = "taken" });
        var second = Client.Submit(increment, 2, new SubmitOptions { Key = "taken" });

        var error = await Assert.ThrowsAsync<KeyConflictException>(async () => await second);
        Assert.Contains("other arguments", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, await first);
    }

    [Fact]
    public async Task A_graph_with_one_key_conflict_is_refused_whole()
    {
        using var log = new RunLog();
        var path = log.Path;
        var first = Client.Submit(x => x + 1, 1, new SubmitOptions { Key = "kept" });
        await first;
        var graph = new GraphBuilder(Client);
        var side = graph.Add(file => RunLog.Append(file, "ran"), path, new SubmitOptions { Key = "side" });
        var clash = graph.Add(x => x + 1, 5, new SubmitOptions { Key = "kept" });
        var futures = graph.Submit([side, clash]);

        await Assert.ThrowsAsync<KeyConflictException>(async () => await futures[0]);
        await Assert.ThrowsAsync<KeyConflictException>(async () => await futures[1]);
        Assert.Equal(1, await Client.Submit(() => 1, new SubmitOptions { Pure = false }));
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task A_result_that_is_not_there_in_time_throws_and_the_task_goes_on()
    {
        using var gate = new RunLog();
        var path = gate.Path;
        Func<int, Task<int>> wait = async x =>
        {
            while (!File.Exists(path + "/open"))
                await Task.Delay(5);
            return x;
        };
        var future = Client.Submit(wait, 5, new SubmitOptions { Pure = false });
        var error = await Assert.ThrowsAsync<TimeoutException>(
            () => future.ResultAsync(TimeSpan.FromMilliseconds(20)));
        await File.WriteAllTextAsync(path + "/open", "");

        Assert.Contains("Pending", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, await future.ResultAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Annotations_hold_for_every_call_in_their_scope_across_awaits_and_a_calls_own_options_win()
    {
        var names = running.Cluster.Workers.Select(worker => worker.Name).ToArray();
        Func<string> where = () => TaskContext.Current!.WorkerName;
        var impure = new SubmitOptions { Pure = false };
        using (Client.Annotate(workers: [names[1]]))
        {
            await Task.Yield();
            Assert.Equal(names[1], await Client.Submit(where, impure));
            Assert.All(
                await Client.GatherAsync(Client.Map(x => TaskContext.Current!.WorkerName + x, ["", ""])),
                name => Assert.Equal(names[1], name));
            Assert.Equal(names[2], await Client.Submit(where, impure with { Workers = [names[2]] }));
            using (Client.Annotate(workers: [names[0]]))
                Assert.Equal(names[0], await Client.Submit(where, impure));
            Assert.Equal(names[1], await Client.Submit(where, impure));
        }

        using var log = new RunLog();
        Func<string, int> failOnce = file => RunLog.Append(file, "run") is var runs && runs > 1
            ? runs
            : throw new InvalidOperationException("the first run fails");
        using (Client.Annotate(retries: 1))
        {
            Assert.Equal(2, await Client.Submit(failOnce, log.Path, impure));
            using var second = new RunLog();
            await Assert.ThrowsAsync<TaskFailedException>(
                async () => await Client.Submit(failOnce, second.Path, impure with { Retries = 0 }));
        }
    }

    [Fact]
    public async Task Completed_futures_come_in_batches_or_with_their_values_and_within_a_time_limit()
    {
        var futures = Client.Map(x => x == 2 ? throw new FormatException() : x * 10, Enumerable.Range(0, 5));
        await Client.WaitAsync(futures);

        var batches = new List<IReadOnlyList<Future<int>>>();
        await foreach (var batch in Client.AsCompletedStream(futures).BatchesAsync())
            batches.Add(batch);
        Assert.Equal(futures, Assert.Single(batches));

        var values = new List<int>();
        await foreach (var (future, value) in Client.AsCompletedStream(futures).ValuesAsync(GatherErrors.Skip))
        {
            Assert.Equal(FutureStatus.Finished, future.Status);
            values.Add(value);
        }

        Assert.Equal([0, 10, 30, 40], values);
        await Assert.ThrowsAsync<TaskFailedException>(
            async () => await Client.AsCompletedStream(futures).ValuesAsync().LastAsync());

        using var never = Client.Submit(
            async () => await Task.Delay(Timeout.Infinite, TaskContext.Current!.Cancellation),
            new SubmitOptions { Pure = false });
        var error = await Assert.ThrowsAsync<TimeoutException>(
            async () => await Client.AsCompletedStream([never], TimeSpan.FromMilliseconds(20)).FirstAsync());
        Assert.Contains("1 of the futures", error.Message, StringComparison.Ordinal);
        await never.CancelAsync();
    }
}
