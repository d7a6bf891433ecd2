using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class PartitionTests
{
    private readonly MachineBench _bench = new();
    private readonly SchedulerWorker _left;
    private readonly SchedulerWorker _right;
    private readonly Graph _graph = new(1);
    private readonly TaskId _input;
    private readonly TaskId _consumer;

    /// <summary>The right worker is to run a task whose input the left one holds.</summary>
    public PartitionTests()
    {
        _left = _bench.NewWorker(name: "left");
        _right = _bench.NewWorker(name: "right");
        _input = _graph.Add(workers: ["left"]);
        _consumer = _graph.Add([_input], workers: ["right"]);
        _bench.Tell(_bench.Client, _graph.Message);
        _bench.Finish(_left, _input);
        Assert.Contains(_bench.Computed(_right), run => run.Task == _consumer);
    }

    [Fact]
    public void An_input_that_a_worker_cannot_reach_comes_through_the_scheduler_and_nobody_is_given_up()
    {
        ServerRequest.Relay relay = Complain();

        Assert.Equal((_input, _left.Number, _right.Number), (relay.Task, relay.Source, relay.Target));
        Assert.Empty(_bench.ToldTo<HoldersRefreshed>(_right));
        End(relay, RelayOutcome.Arrived);

        Assert.Equal(2, HoldersOf(_input).Length);
        Assert.Equal(2, _bench.Machine.WorkerCount);
        _bench.Finish(_right, _consumer);
        Assert.Contains(_consumer, _bench.InMemory(_bench.Client));
    }

    [Fact]
    public void A_value_of_any_size_comes_through_the_scheduler()
    {
        const long Large = 300L << 20;
        Graph more = new(2);
        TaskId input = more.Add(workers: ["left"]);
        more.Add([input], workers: ["right"]);
        _bench.Tell(_bench.Client, more.Message);
        _bench.Finish(_left, 10, Large, input);

        _bench.Tell(_right, Complaint(input));

        ServerRequest.Relay relay = Assert.IsType<ServerRequest.Relay>(Assert.Single(_bench.Requests));
        Assert.Equal((input, Large), (relay.Task, relay.Bytes));
    }

    [Fact]
    public void A_complaint_that_is_repeated_while_the_value_is_on_its_way_starts_nothing_more()
    {
        Complain();
        _bench.Tell(_right, Complaint(_input));

        Assert.Single(_bench.Requests);
    }

    [Fact]
    public void Another_holder_that_can_be_reached_is_named_and_nothing_is_relayed()
    {
        SchedulerWorker third = _bench.NewWorker(name: "third");
        AddReplica(third, lastFree: 0);

        _bench.Tell(_right, Complaint(_input));

        Assert.Empty(_bench.Requests);
        Assert.Equal([third.Number], Assert.Single(_bench.ToldTo<HoldersRefreshed>(_right)).Holders.Span.ToArray());
    }

    [Fact]
    public void Further_tasks_are_not_sent_to_fetch_from_a_worker_that_theirs_cannot_reach()
    {
        End(Complain(), RelayOutcome.Arrived);
        Graph more = new(2);
        TaskId input = more.Add(workers: ["left"]);
        more.Add([input], workers: ["right"]);
        _bench.Tell(_bench.Client, more.Message);

        _bench.Finish(_left, input);

        Assert.Empty(_bench.ToldTo<ComputeTasks>(_right).Last().Holders.Span.ToArray());
    }

    [Fact]
    public void A_pair_of_workers_tries_again_after_a_while()
    {
        End(Complain(), RelayOutcome.Arrived);
        for (int second = 0; second < 6; second++)
        {
            _bench.Advance(1_000_000);
            _bench.Tell(_left, new Heartbeat());
            _bench.Tell(_right, new Heartbeat());
        }

        Graph more = new(2);
        TaskId input = more.Add(workers: ["left"]);
        more.Add([input], workers: ["right"]);
        _bench.Tell(_bench.Client, more.Message);
        _bench.Finish(_left, input);

        Assert.Equal([_left.Number], _bench.ToldTo<ComputeTasks>(_right).Last().Holders.Span.ToArray());
    }

    [Fact]
    public void A_value_that_cannot_be_relayed_is_asked_for_by_the_worker_again()
    {
        End(Complain(), RelayOutcome.Failed);

        Assert.Equal([_left.Number], Assert.Single(_bench.ToldTo<HoldersRefreshed>(_right)).Holders.Span.ToArray());
        Assert.Equal(2, _bench.Machine.WorkerCount);
    }

    /// <summary>Found by a simulated run.</summary>
    [Fact]
    public void A_copy_from_elsewhere_that_goes_with_what_a_failed_relay_may_have_left_is_not_counted_on()
    {
        ServerRequest.Relay relay = Complain();
        AddReplica(_bench.NewWorker(name: "third"), lastFree: 0);
        End(relay, RelayOutcome.Failed);
        FreeTasks free = Assert.Single(_bench.ToldTo<FreeTasks>(_right));
        Assert.Equal([_input], free.Tasks.Span.ToArray());

        AddReplica(_right, lastFree: 0);
        Assert.Equal(2, HoldersOf(_input).Length);
        AddReplica(_right, lastFree: free.Number);
        Assert.Equal(3, HoldersOf(_input).Length);
    }

    [Fact]
    public void A_value_that_its_holder_turns_out_not_to_have_is_computed_again()
    {
        _bench.Forget();
        End(Complain(), RelayOutcome.Missing);

        Assert.Contains(_bench.Computed(_left), run => run.Task == _input);
    }

    [Fact]
    public void A_relayed_value_that_nobody_needs_any_more_is_dropped()
    {
        ServerRequest.Relay relay = Complain();
        _bench.Release(_bench.Client, _input, _consumer);

        End(relay, RelayOutcome.Arrived);

        Assert.Contains(_input, _bench.Freed(_right));
    }

    private ServerRequest.Relay Complain()
    {
        _bench.Tell(_right, Complaint(_input));
        return Assert.IsType<ServerRequest.Relay>(Assert.Single(_bench.Requests));
    }

    private void AddReplica(SchedulerWorker worker, int lastFree)
    {
        ReplicasAdded added = new() { LastFree = lastFree };
        added.Tasks.Add(_input);
        added.Bytes.Add(100);
        _bench.Tell(worker, added);
    }

    private DataMissing Complaint(TaskId input)
    {
        DataMissing missing = new();
        missing.Tasks.Add(input);
        missing.Holders.Add(_left.Number);
        missing.Gone.Add(0);
        return missing;
    }

    private void End(ServerRequest.Relay relay, RelayOutcome outcome)
    {
        _bench.Machine.RelayEnded(relay, outcome, _bench.Now);
        _bench.Turn();
    }

    private int[] HoldersOf(TaskId task)
    {
        WhoHas question = new() { RequestId = 9 };
        question.Tasks.Add(task);
        _bench.Tell(_bench.Client, question);
        return _bench.ToldTo<WhoHasReply>(_bench.Client).Last().Holders.Span.ToArray();
    }
}
