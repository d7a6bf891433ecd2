using System.Text.Json;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

/// <summary>Statistics by function and by span.</summary>
public class GroupTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void Tasks_are_counted_by_function_and_by_function_within_their_span()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId plain = graph.Add(retries: 0);
        TaskId load = graph.Add();
        TaskId fails = graph.Add(function: 1);
        TaskId after = graph.Add([load], function: 1);
        _bench.Tell(_bench.Client, Spans(1, (1, "etl/load"), (3, "etl")));
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, durationUs: 40, bytes: 100, plain);
        _bench.Finish(worker, durationUs: 60, bytes: 300, load);
        _bench.Fail(worker, fails);

        var groups = Read();
        Assert.Equal((2, 0, 100, 400), groups[("Inc", "")].Counts);
        Assert.Equal((1, 0, 60, 300), groups[("Inc", "etl/load")].Counts);
        Assert.Equal((0, 1, 0, 0), groups[("Add", "etl/load")].Counts);
        Assert.Equal(1, groups[("Add", "etl")].States[TaskState.Processing - TaskState.Released]);
        Assert.Equal(2, groups[("Inc", "")].States[TaskState.Memory - TaskState.Released]);
        Assert.Equal(1, groups[("Inc", "etl/load")].States[TaskState.Memory - TaskState.Released]);
        Assert.DoesNotContain(("Inc", "etl"), groups.Keys);

        _bench.Finish(worker, after);
        Assert.Equal((1, 0, 10, 100), Read()[("Add", "etl")].Counts);
    }

    [Fact]
    public void States_of_many_tasks_come_in_pieces_that_add_up()
    {
        const int Tasks = 70_000;
        Graph graph = new(1);
        for (int i = 0; i < Tasks; i++)
            graph.Add();
        _bench.Tell(_bench.Client, graph.Message);

        int pieces = 0;
        Assert.Equal(Tasks, Read(() => pieces++)[("Inc", "")].States[TaskState.Queued - TaskState.Released]);
        Assert.Equal(3, pieces);
    }

    [Fact]
    public void The_spans_used_longest_ago_are_forgotten_when_there_are_too_many_without_tasks()
    {
        SchedulerWorker worker = _bench.NewWorker();
        for (int i = 0; i < SpanTable.MaxSpans + 2; i++)
        {
            Graph graph = new((ulong)(i + 1));
            TaskId task = graph.Add();
            _bench.Tell(_bench.Client, Spans((ulong)(i + 1), (0, $"span {i}")));
            _bench.Tell(_bench.Client, graph.Message);
            _bench.Finish(worker, task);
            if (i > 0)
                _bench.Release(_bench.Client, task);
            _bench.Forget();
        }

        var spans = Read().Keys.Select(key => key.Span).ToHashSet();
        Assert.Contains("span 0", spans);
        Assert.DoesNotContain("span 1", spans);
        Assert.Contains($"span {SpanTable.MaxSpans + 1}", spans);
    }

    [Fact]
    public void A_dump_tells_of_groups()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, Spans(1, (0, "etl")));
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, task);

        _bench.Tell(_bench.Client, new DumpRequest { RequestId = 9, From = -1 });
        using JsonDocument dump = JsonDocument.Parse(_bench.ToldTo<DumpReply>(_bench.Client).Single().Json);
        JsonElement group = dump.RootElement.GetProperty("groups").EnumerateArray().Single();
        Assert.Equal("etl", group.GetProperty("span").GetString());
        Assert.Equal(1, group.GetProperty("finished").GetInt64());
    }

    private static SpansNoted Spans(ulong submission, params (int First, string Path)[] runs)
    {
        SpansNoted noted = new() { Submission = submission };
        foreach ((int first, string path) in runs)
        {
            noted.First.Add(first);
            noted.Paths.Add(path);
        }

        return noted;
    }

    private Dictionary<(string Function, string Span), Sum> Read(Action? onPiece = null)
    {
        Dictionary<(string, string), Sum> sums = [];
        for (long from = 0; from >= 0;)
        {
            _bench.Tell(_bench.Client, new TaskGroupsRequest { RequestId = 7, From = from });
            TaskGroupsReply reply = _bench.ToldTo<TaskGroupsReply>(_bench.Client).Last();
            onPiece?.Invoke();
            for (int row = 0; row < reply.Functions.Count; row++)
            {
                if (!sums.TryGetValue((reply.Functions[row], reply.Spans[row]), out Sum? sum))
                    sums.Add((reply.Functions[row], reply.Spans[row]), sum = new Sum());
                sum.Counts.Finished += reply.Finished[row];
                sum.Counts.Failed += reply.Failed[row];
                sum.Counts.Us += reply.TotalUs[row];
                sum.Counts.Bytes += reply.TotalBytes[row];
                for (int state = 0; reply.States.Count > 0 && state < TaskGroupsReply.StateCount; state++)
                    sum.States[state] += reply.States[(row * TaskGroupsReply.StateCount) + state];
            }

            from = reply.Next;
        }

        return sums;
    }

    private sealed class Sum
    {
        public (long Finished, long Failed, long Us, long Bytes) Counts;

        public long[] States { get; } = new long[TaskGroupsReply.StateCount];
    }
}
