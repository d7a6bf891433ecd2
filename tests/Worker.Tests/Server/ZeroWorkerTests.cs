using TaskGraph;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Server;
using static Worker.Tests.Server.Tasks;

namespace Worker.Tests.Server;

public class ZeroWorkerTests
{
    private static readonly Hash128 s_unknown = Hash128.Of("a function that nobody defined"u8);

    [Fact]
    public async Task A_zero_worker_answers_tasks_without_their_code_or_inputs()
    {
        await using var scheduler = new FakeScheduler();
        await using var worker = await StartAsync(scheduler);
        var link = await scheduler.NextWorkerAsync();
        link.Send(Compute(7, s_unknown, inputs: [(1, [4]), (2, [5])], attempt: 3));

        var finished = await link.NextAsync<TasksFinished>();

        Assert.Equal([T(7)], finished.Tasks.Span.ToArray());
        Assert.Equal([3], finished.Attempts.Span.ToArray());
        Assert.Equal([1L], finished.Bytes.Span.ToArray());
        Assert.Equal(0, finished.InlineRows.Count);
    }

    [Fact]
    public async Task A_zero_worker_sends_a_zero_along_where_a_client_wants_the_value()
    {
        await using var scheduler = new FakeScheduler();
        await using var worker = await StartAsync(scheduler);
        var link = await scheduler.NextWorkerAsync();
        link.Send(Compute(1, s_unknown), Compute(2, s_unknown, flags: ComputeFlags.InlineResult));

        var finished = await link.NextAsync<TasksFinished>();
        if (finished.InlineRows.Count == 0)
            finished = await link.NextAsync<TasksFinished>();

        Assert.Equal(T(2), finished.Tasks[finished.InlineRows[0]]);
        Assert.Equal(0L, Inline<long>(finished));
        Assert.Equal(0, Inline<int>(finished));
    }

    [Fact]
    public async Task A_zero_worker_gives_nothing_back_and_runs_no_functions()
    {
        await using var scheduler = new FakeScheduler();
        await using var worker = await StartAsync(scheduler);
        var link = await scheduler.NextWorkerAsync();
        var retract = new RetractTasks();
        retract.Tasks.Add(T(1));
        retract.Attempts.Add(2);
        link.Send(retract, new RunFunction { RequestId = 5, Function = s_unknown });

        var retracted = await link.NextAsync<TasksRetracted>();
        var result = await link.NextAsync<FunctionResult>();

        Assert.Equal((T(1), 2, 0), (retracted.Tasks[0], retracted.Attempts[0], retracted.Accepted[0]));
        Assert.Equal(5ul, result.RequestId);
        Assert.Contains("zero worker", result.Error!.Message);
    }

    [Fact]
    public async Task A_zero_worker_refuses_those_who_ask_it_for_data_and_says_why()
    {
        await using var scheduler = new FakeScheduler();
        await using var worker = await StartAsync(scheduler);

        var refusal = await Assert.ThrowsAsync<ConnectionRefusedException>(() => Connection.ConnectAsync(
            Address.Parse(worker.DataAddress), new Hello { Role = PeerRole.Worker, Name = "asking" }));

        Assert.Contains("zero worker", refusal.Message);
    }

    [Fact]
    public async Task A_zero_worker_ends_with_the_schedulers_goodbye()
    {
        await using var scheduler = new FakeScheduler();
        await using var worker = await StartAsync(scheduler);
        var link = await scheduler.NextWorkerAsync();
        link.Send(new Goodbye { Reason = "closing" });

        await worker.Completion.WaitAsync(Limits.Long);

        Assert.True(worker.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_hundred_zero_workers_of_a_process_keep_no_thread_of_the_pool_waiting()
    {
        const int Count = 100;
        await using var scheduler = new FakeScheduler(Address.Parse("tcp://127.0.0.1:0"));
        List<ZeroWorker> workers = [];
        for (int i = 0; i < Count; i++)
            workers.Add(await StartAsync(scheduler));

        ThreadPool.GetMaxThreads(out int most, out _);
        ThreadPool.GetAvailableThreads(out int available, out _);
        Assert.InRange(most - available, 0, Count / 2);

        foreach (var worker in workers)
            await worker.DisposeAsync();
    }

    private static Task<ZeroWorker> StartAsync(FakeScheduler scheduler) =>
        ZeroWorker.StartAsync(new WorkerServerOptions { Scheduler = scheduler.Address, Name = "zero" })
            .WaitAsync(Limits.Long);
}
