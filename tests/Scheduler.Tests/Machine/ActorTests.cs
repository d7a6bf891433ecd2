using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class ActorTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void Actors_go_where_fewest_live_whatever_else_runs_there()
    {
        SchedulerWorker first = _bench.NewWorker(threads: 4);
        SchedulerWorker second = _bench.NewWorker(threads: 4);
        TaskId[] actors = Make(4);

        Assert.Equal(2, first.ActorCount);
        Assert.Equal(2, second.ActorCount);
        Assert.All(
            _bench.ToldTo<ComputeTasks>(first).SelectMany(m => m.Flags.Span.ToArray()),
            flags => Assert.True(((ComputeFlags)flags).HasFlag(ComputeFlags.Actor)));
        _bench.Finish(first, [.. _bench.Computed(first).Select(run => run.Task)]);
        _bench.Release(_bench.Client, actors);
        Assert.Equal(0, first.ActorCount);
        Assert.Equal(0, second.ActorCount);
    }

    [Fact]
    public void An_actor_is_lost_with_its_home_although_others_hold_its_reference()
    {
        SchedulerWorker home = _bench.NewWorker(name: "home");
        TaskId actor = Make(1)[0];
        _bench.Finish(home, actor);
        SchedulerWorker other = _bench.NewWorker(name: "other");
        Graph graph = new(2);
        TaskId user = graph.Add([actor]);
        _bench.Tell(_bench.Client, graph.Message);
        ReplicasAdded added = new();
        added.Tasks.Add(actor);
        added.Bytes.Add(100);
        _bench.Tell(other, added);

        _bench.Lose(home);

        Assert.Equal(TaskErrorKind.ActorLost, _bench.ErrorOf(actor).Kind);
        Assert.Equal(TaskErrorKind.ActorLost, _bench.ErrorOf(user).Kind);
        Assert.Equal(TaskState.Erred, _bench.Machine.StateOf(actor));
        Assert.Contains(actor, _bench.Freed(other));
        Assert.DoesNotContain(actor, _bench.Computed(other).Select(run => run.Task));
        Assert.Equal(0, other.ActorCount);
    }

    [Fact]
    public void An_actor_that_was_being_made_is_made_elsewhere_when_the_worker_dies()
    {
        SchedulerWorker first = _bench.NewWorker();
        TaskId actor = Make(1)[0];
        SchedulerWorker second = _bench.NewWorker();

        _bench.Lose(first);

        Assert.Equal([actor], _bench.Computed(second).Select(run => run.Task));
        Assert.Equal(1, second.ActorCount);
    }

    [Fact]
    public void A_worker_does_not_retire_while_an_actor_lives_there_and_actors_stay_when_bytes_are_evened_out()
    {
        SchedulerWorker home = _bench.NewWorker(name: "home");
        TaskId actor = Make(1)[0];
        _bench.Finish(home, actor);
        SchedulerWorker other = _bench.NewWorker(name: "other");

        _bench.Tell(_bench.Client, new RetireWorkers { RequestId = 7, Workers = ["home"] });
        OperationReply reply = _bench.ToldTo<OperationReply>(_bench.Client).Single(r => r.RequestId == 7);
        Assert.Contains("actors cannot move", reply.Error, StringComparison.Ordinal);
        Assert.Equal(WorkerStatus.Running, home.Status);

        _bench.Tell(_bench.Client, new RebalanceWorkers { RequestId = 8 });
        ReplicateTasks replicate = new() { RequestId = 9, Copies = 2 };
        replicate.Tasks.Add(actor);
        _bench.Tell(_bench.Client, replicate);
        Assert.Empty(_bench.ToldTo<AcquireReplicas>(other));
    }

    [Fact]
    public void Of_an_actor_it_is_the_references_elsewhere_that_are_dropped_when_nobody_needs_them()
    {
        SchedulerWorker home = _bench.NewWorker(name: "home");
        TaskId actor = Make(1)[0];
        _bench.Finish(home, actor);
        SchedulerWorker other = _bench.NewWorker(name: "other");
        ReplicasAdded added = new();
        added.Tasks.Add(actor);
        added.Bytes.Add(100);
        _bench.Tell(other, added);

        for (int second = 0; second < 6; second++)
        {
            _bench.Advance(1_000_000);
            _bench.Tell(home, new Heartbeat());
            _bench.Tell(other, new Heartbeat());
        }

        Assert.Equal([actor], _bench.Freed(other));
        Assert.Empty(_bench.Freed(home));
        Assert.Equal(1, home.ActorCount);
    }

    private TaskId[] Make(int count)
    {
        Graph graph = new(1);
        TaskId[] actors = new TaskId[count];
        for (int i = 0; i < count; i++)
        {
            actors[i] = graph.Add();
            graph.Message.Flags[i] |= (byte)SubmitFlags.Actor;
        }

        _bench.Tell(_bench.Client, graph.Message);
        return actors;
    }
}
