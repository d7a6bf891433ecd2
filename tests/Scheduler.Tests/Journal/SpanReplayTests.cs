using Scheduler.Tests.Machine;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Journal;

/// <summary>Tasks that outlive the scheduler are still counted within the spans they were submitted in.</summary>
public class SpanReplayTests
{
    private const long Now = 2_000_000;

    private readonly MachineBench _bench = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_restart_tasks_are_in_the_spans_they_were_submitted_in(bool isShortened)
    {
        Graph graph = new(1);
        graph.Add();
        graph.Add();
        graph.Add();
        SpansNoted spans = new() { Submission = 1 };
        spans.First.AddRange([1, 2]);
        spans.Paths.AddRange(["etl/load", "etl/join"]);
        _bench.Tell(_bench.Client, spans);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Tell(_bench.Client, spans);
        _bench.Release(_bench.Client, graph.Id(2));

        byte[] journal = isShortened ? JournalBytes.Shortened(_bench) : JournalBytes.Of(_bench.Recorded);
        SchedulerMachine machine = JournalBytes.Replay(journal, journal.Length).Machine;

        Assert.Equal(1, Queued(machine, "etl/load"));
        Assert.Equal(0, Queued(machine, "etl/join"));
        Assert.Single(_bench.Recorded, static entry => entry.Message is SpansNoted);
        Assert.Equal("etl/load", Assert.Single(machine.Snapshot().Spans).Value.Paths[0]);
    }

    [Fact]
    public void Spans_that_make_no_sense_are_refused_before_they_are_in_the_journal()
    {
        SpansNoted spans = new() { Submission = 1 };
        spans.First.AddRange([2, 1]);
        spans.Paths.AddRange(["b", "a"]);

        _bench.Tell(_bench.Client, spans);

        Assert.Contains(_bench.Effects, static effect => effect.Text.Contains("span a", StringComparison.Ordinal));
        Assert.DoesNotContain(_bench.Recorded, static entry => entry.Message is SpansNoted);
    }

    private static long Queued(SchedulerMachine machine, string span)
    {
        SchedulerClient client = machine.ConnectClient(new Hello { Role = PeerRole.Client, Incarnation = 900 }, Now);
        long queued = 0;
        for (long from = 0; from >= 0;)
        {
            machine.Handle(client, new TaskGroupsRequest { RequestId = 1, From = from }, Now);
            machine.EndTurn(Now);
            List<Message> told = [];
            client.Collect(told);
            TaskGroupsReply reply = told.OfType<TaskGroupsReply>().Last();
            for (int row = 0; row < reply.States.Count / TaskGroupsReply.StateCount; row++)
            {
                if (reply.Spans[row] == span)
                    queued += reply.States[(row * TaskGroupsReply.StateCount) + (TaskState.Queued - TaskState.Released)];
            }

            from = reply.Next;
            machine.TurnSent();
        }

        return queued;
    }
}
