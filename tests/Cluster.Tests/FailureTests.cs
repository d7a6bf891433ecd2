using TaskGraph.Messages;

namespace TaskGraph.Tests;

public class FailureTests(RunningCluster running) : IClassFixture<RunningCluster>
{
    private Client Client => running.Client;

    private static int Divide(int x, int y) => x / y;

    [Fact]
    public async Task An_exception_comes_back_typed_with_its_stack_key_and_worker()
    {
        var future = Client.Submit(Divide, 1, 0);
        var error = await Assert.ThrowsAsync<TaskFailedException>(async () => await future);

        Assert.Equal(TaskErrorKind.Exception, error.Kind);
        Assert.Equal(typeof(DivideByZeroException).FullName, error.RemoteType);
        Assert.Equal("Attempted to divide by zero.", error.RemoteMessage);
        Assert.Contains(nameof(Divide), error.RemoteStack, StringComparison.Ordinal);
        Assert.Contains("FailureTests.cs", error.RemoteStack, StringComparison.Ordinal);
        Assert.StartsWith("Divide-", error.Key, StringComparison.Ordinal);
        Assert.Equal(future.Key, error.Key);
        Assert.Contains(
            running.Cluster.Workers, worker => error.Worker.Contains(worker.Address, StringComparison.Ordinal));
        Assert.Contains("stack on the worker", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(FutureStatus.Error, future.Status);
        Assert.IsType<TaskFailedException>(await future.ExceptionAsync());
    }

    [Fact]
    public async Task What_depends_on_a_failed_task_names_the_one_that_failed_first()
    {
        var failed = Client.Submit(Divide, 2, 0, new SubmitOptions { Key = "the culprit" });
        var dependent = Client.Submit(x => x + 1, failed);
        var error = await Assert.ThrowsAsync<TaskFailedException>(async () => await dependent);

        Assert.Equal("the culprit", error.Key);
        Assert.Equal(dependent.Key, error.FutureKey);
    }

    [Fact]
    public async Task Gather_throws_what_failed_without_waiting_for_the_rest()
    {
        var never = Client.Submit(
            async token => { await Task.Delay(Timeout.Infinite, token); return 1; }, CancellationToken.None);
        var failed = Client.Submit(Divide, 3, 0);

        await Assert.ThrowsAsync<TaskFailedException>(() => Client.GatherAsync([never, failed]));
        await never.CancelAsync();
    }

    [Fact]
    public async Task A_failing_task_is_run_again_as_often_as_it_may_be()
    {
        using var log = new RunLog();
        var path = log.Path;
        Func<string, int> failTwice = file => RunLog.Append(file, "run") is var runs && runs > 2
            ? runs
            : throw new InvalidOperationException($"run {runs}");

        Assert.Equal(3, await Client.Submit(failTwice, path, new SubmitOptions { Retries = 2, Pure = false }));
        using var second = new RunLog();
        var error = await Assert.ThrowsAsync<TaskFailedException>(
            async () => await Client.Submit(failTwice, second.Path, new SubmitOptions { Retries = 1, Pure = false }));
        Assert.Equal("run 2", error.RemoteMessage);
    }

    [Fact]
    public async Task A_run_beyond_its_time_limit_counts_as_failed()
    {
        var options = new SubmitOptions { Timeout = TimeSpan.FromMilliseconds(100), Pure = false };
        var future = Client.Submit(
            async token => { await Task.Delay(Timeout.Infinite, token); return 1; }, CancellationToken.None, options);
        var error = await Assert.ThrowsAsync<TaskFailedException>(async () => await future);

        Assert.Equal(TaskErrorKind.Timeout, error.Kind);
    }

    [Fact]
    public async Task Cancelling_stops_the_function_and_gives_its_reason()
    {
        using var log = new RunLog();
        var path = log.Path;
        var future = Client.Submit(
            async token =>
            {
                RunLog.Append(path, "started");
                token.Register(() => RunLog.Append(path, "stopped"));
                await Task.Delay(Timeout.Infinite, token);
                return 1;
            },
            CancellationToken.None,
            new SubmitOptions { Pure = false });
        await UntilAsync(() => log.Lines.Contains("started"));
        await future.CancelAsync("no longer needed");
        var error = await Assert.ThrowsAsync<TaskCancelledException>(async () => await future);
        await UntilAsync(() => log.Lines.Contains("stopped"));

        Assert.Equal("no longer needed", error.Reason);
        Assert.Equal(FutureStatus.Cancelled, future.Status);
    }

    [Fact]
    public void An_argument_that_cannot_travel_is_refused_at_submit_with_its_path()
    {
        var error = Assert.Throws<NotSerializableException>(
            () => Client.Submit((Order order) => order.Lines.Count, new Order([new Line(Stream.Null)])));

        Assert.Contains("Lines[].Content", error.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_future_as_a_plain_value_is_refused_with_the_fix_named()
    {
        var future = Client.Submit(() => 1);
        var error = Assert.Throws<NotSerializableException>(
            () => Client.Submit((object o) => o.ToString(), (object)future));

        Assert.Contains("Arg.All", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_captured_future_is_refused_with_the_fix_named()
    {
        var future = Client.Submit(() => 1);
        var error = Assert.ThrowsAny<TaskGraphException>(() => Client.Submit(() => future.Key.Length));

        Assert.Contains("argument", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cycle_in_a_graph_is_refused_and_printed()
    {
        var graph = new GraphBuilder(Client);
        graph.Add(x => x + 1, graph.Task<int>("b"), new SubmitOptions { Key = "a" });
        var b = graph.Add(x => x + 1, graph.Task<int>("a"), new SubmitOptions { Key = "b" });

        var error = Assert.Throws<GraphCycleException>(() => graph.Submit(b));
        Assert.Contains("needs", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Polls what another process writes; the test's own time limit ends it.</summary>
    internal static async Task UntilAsync(Func<bool> condition)
    {
        var limit = DateTime.UtcNow.AddSeconds(30);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < limit, "it did not happen within 30 s");
            await Task.Delay(10);
        }
    }

    private sealed record Line(Stream Content);

    private sealed record Order(List<Line> Lines);
}
