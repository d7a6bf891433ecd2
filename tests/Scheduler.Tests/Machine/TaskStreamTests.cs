using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

/// <summary>Which runs have ended, when and where.</summary>
public class TaskStreamTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void Runs_are_told_in_the_order_of_their_ends_with_times_key_and_worker()
    {
        SchedulerWorker worker = _bench.NewWorker(name: "w");
        Graph graph = new(1, KeyForm.Named);
        TaskId first = graph.Add(key: "mine");
        TaskId second = graph.Add(function: 1);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, durationUs: 40, bytes: 100, first);
        _bench.Advance(1000);
        _bench.Fail(worker, second);
        _bench.Lose(worker);

        TaskStreamReply runs = Ask(0);
        Assert.Equal(["mine", $"Add-{second}"], runs.Keys);
        Assert.Equal(["Inc", "Add"], runs.Functions);
        Assert.Equal(["w", "w"], runs.Workers);
        Assert.Equal([40, -1], runs.DurationUs.Span.ToArray());
        Assert.Equal([100L, 0L], runs.Bytes.Span.ToArray());
        Assert.Equal([1000L, 0L], runs.StoppedAgoUs.Span.ToArray());
        Assert.Equal(-1, runs.Next);
    }

    [Fact]
    public void The_last_65_536_runs_are_remembered_and_come_in_pieces()
    {
        RunLog log = new();
        for (int i = 0; i < RunLog.Capacity + 10; i++)
            log.Add(1, i, 0, 0, i, i, 0);

        Assert.Equal(10, log.First);
        Assert.Equal(10, log[10].Index);
        Assert.Equal(RunLog.Capacity + 9, log[log.Count - 1].Index);

        SchedulerWorker worker = _bench.NewWorker(threads: 8);
        Graph graph = new(1);
        TaskId[] tasks = [.. Enumerable.Range(0, 3000).Select(_ => graph.Add())];
        _bench.Tell(_bench.Client, graph.Message);
        foreach (TaskId task in tasks)
            _bench.Finish(worker, task);
        TaskStreamReply piece = Ask(0);
        Assert.InRange(piece.Keys.Count, 1, 2999);
        Assert.Equal(3000 - piece.Keys.Count, Ask(piece.Next).Keys.Count);
    }

    private TaskStreamReply Ask(long from)
    {
        _bench.Tell(_bench.Client, new TaskStreamRequest { RequestId = 5, From = from });
        return _bench.ToldTo<TaskStreamReply>(_bench.Client).Last();
    }
}
