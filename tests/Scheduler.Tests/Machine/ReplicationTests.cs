using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class ReplicationTests
{
    private const long MiB = 1 << 20;

    private readonly MachineBench _bench = new();

    [Fact]
    public void Many_copies_spread_as_a_tree_each_holder_serving_two_at_a_time()
    {
        SchedulerWorker[] workers = [.. Enumerable.Range(0, 8).Select(_ => _bench.NewWorker())];
        TaskId value = Put(workers[0], 1, MiB);
        Replicate(value, copies: int.MaxValue);
        List<(SchedulerWorker Target, int Source)> asked = Asked(workers, 0);
        Assert.Equal([workers[0].Number, workers[0].Number], asked.Select(copy => copy.Source));

        int rounds = 0;
        for (int served = 0; served < asked.Count; rounds++)
        {
            int end = asked.Count;
            for (; served < end; served++)
                Added(asked[served].Target, value);
            asked = Asked(workers, asked.Count, asked);
            Assert.All(
                asked.Skip(end).GroupBy(copy => copy.Source), group => Assert.InRange(group.Count(), 1, 2));
        }

        Assert.Equal(2, rounds);
        Assert.Equal(7, asked.Select(copy => copy.Target).Distinct().Count());
        Assert.True(asked.Select(copy => copy.Source).Distinct().Count() > 1, "others than the first holder serve");
        Assert.Equal("7 copies were made", _bench.ToldTo<OperationReply>(_bench.Client).Last().Summary);
    }

    [Fact]
    public void The_loss_of_a_value_ends_its_replication_with_the_count()
    {
        SchedulerWorker[] workers = [.. Enumerable.Range(0, 5).Select(_ => _bench.NewWorker())];
        TaskId value = Put(workers[0], 1, MiB);
        Replicate(value, copies: 5);

        _bench.Lose(workers[0]);

        Assert.Equal("2 copies could not be made, 0 were", _bench.ToldTo<OperationReply>(_bench.Client).Last().Error);
    }

    [Fact]
    public void Copies_that_nobody_needs_are_dropped_from_the_fullest_worker_first()
    {
        SchedulerWorker[] workers = [_bench.NewWorker(), _bench.NewWorker(), _bench.NewWorker()];
        Put(workers[1], 1, 5 * MiB);
        TaskId value = Put(workers[0], 2, MiB);
        Added(workers[1], value);
        Added(workers[2], value);

        Tick(workers);

        Assert.Equal([value], _bench.Freed(workers[1]));
        Assert.Equal(1, workers.Count(worker => _bench.Freed(worker).Count == 0));
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(value));
    }

    [Fact]
    public void Copies_stay_while_tasks_use_them_or_a_client_has_asked_for_them()
    {
        SchedulerWorker[] workers = [_bench.NewWorker(), _bench.NewWorker()];
        TaskId used = Put(workers[0], 1, MiB);
        TaskId asked = Put(workers[0], 2, MiB);
        Added(workers[1], used);
        Replicate(asked, copies: 2);
        Added(workers[1], asked);
        Graph graph = new(3);
        TaskId left = graph.Add([used], workers: [workers[0].Name]);
        TaskId right = graph.Add([used], workers: [workers[1].Name]);
        _bench.Tell(_bench.Client, graph.Message);

        Tick(workers);
        Assert.All(workers, worker => Assert.Empty(_bench.Freed(worker)));
        _bench.Finish(workers[0], left);
        _bench.Finish(workers[1], right);
        Tick(workers);

        Assert.Equal([used], workers.SelectMany(_bench.Freed));
    }

    [Fact]
    public void Data_of_the_same_contents_is_one_value_and_the_second_copy_is_dropped()
    {
        SchedulerWorker worker = _bench.NewWorker();
        RegisterData first = Named(worker, 1);
        RegisterData second = Named(worker, 2);

        _bench.Tell(_bench.Client, first);
        _bench.Tell(_bench.Client, second);

        Assert.Equal([new TaskId(2, 0)], _bench.Freed(worker));
        Assert.Contains(new TaskId(2, 0), _bench.InMemory(_bench.Client));
        Assert.Equal(1, _bench.Machine.TaskCount);
        _bench.Release(_bench.Client, new TaskId(1, 0));
        Assert.Equal(TaskState.Memory, _bench.Machine.StateOf(new TaskId(2, 0)));
        _bench.Release(_bench.Client, new TaskId(2, 0));
        Assert.Equal(0, _bench.Machine.TaskCount);
    }

    [Fact]
    public void Workers_to_close_are_idle_with_little_data_and_leave_memory_for_twice_the_data()
    {
        SchedulerWorker[] workers =
            [.. Enumerable.Range(0, 4).Select(i => _bench.NewWorker(name: $"w{i}", memoryLimit: 100 * MiB))];
        Put(workers[0], 1, 60 * MiB);
        Put(workers[2], 2, 30 * MiB);

        _bench.Tell(_bench.Client, new RetireWorkers { RequestId = 7, Count = 3 });

        Assert.Equal(
            [WorkerStatus.Running, WorkerStatus.Retiring, WorkerStatus.Running, WorkerStatus.Retiring],
            workers.Select(worker => worker.Status));
    }

    [Fact]
    public void The_adaptive_target_is_what_five_seconds_of_work_need()
    {
        SchedulerWorker worker = _bench.NewWorker(threads: 2);
        Assert.Equal(0, Target());
        Graph known = new(1);
        TaskId task = known.Add();
        _bench.Tell(_bench.Client, known.Message);
        _bench.Finish(worker, durationUs: 1_000_000, task);
        Graph graph = new(2);
        for (int i = 0; i < 100; i++)
            graph.Add();

        _bench.Tell(_bench.Client, graph.Message);

        Assert.Equal(10, Target());
    }

    private int Target()
    {
        _bench.Tell(_bench.Client, new ClusterInfoRequest { RequestId = 3 });
        return _bench.ToldTo<ClusterInfo>(_bench.Client).Last().AdaptiveTarget;
    }

    private void Tick(SchedulerWorker[] workers)
    {
        for (int half = 0; half < 6; half++)
        {
            _bench.Advance(500_000);
            foreach (SchedulerWorker worker in workers)
                _bench.Tell(worker, new Heartbeat());
        }
    }

    private List<(SchedulerWorker Target, int Source)> Asked(
        SchedulerWorker[] workers, int skip, List<(SchedulerWorker Target, int Source)>? before = null)
    {
        List<(SchedulerWorker Target, int Source)> all = [.. before ?? []];
        HashSet<SchedulerWorker> known = [.. all.Select(copy => copy.Target)];
        foreach (SchedulerWorker worker in workers.Where(worker => !known.Contains(worker)))
        {
            foreach (AcquireReplicas message in _bench.ToldTo<AcquireReplicas>(worker))
                all.Add((worker, message.Holders[0]));
        }

        Assert.True(all.Count >= skip);
        return all;
    }

    private RegisterData Named(SchedulerWorker worker, ulong submission)
    {
        RegisterData data = new() { Submission = submission, SharesEqual = true };
        data.Workers.Add(worker.Number);
        data.Bytes.Add(MiB);
        data.KeyNames.Add("scatter-1234"u8);
        return data;
    }

    private TaskId Put(SchedulerWorker holder, ulong submission, long bytes)
    {
        RegisterData data = new() { Submission = submission };
        data.Workers.Add(holder.Number);
        data.Bytes.Add(bytes);
        _bench.Tell(_bench.Client, data);
        return new TaskId(submission, 0);
    }

    [Fact]
    public void A_copy_that_was_said_to_be_there_before_it_was_told_to_go_does_not_count()
    {
        SchedulerWorker[] workers = [_bench.NewWorker(), _bench.NewWorker()];
        TaskId value = Put(workers[0], 1, MiB);
        Added(workers[1], value);
        Replicate(value, copies: 1);
        FreeTasks free = Assert.Single(_bench.ToldTo<FreeTasks>(workers[1]));
        Assert.Equal(1, free.Number);

        Added(workers[1], value);
        Assert.Equal(0, workers[1].StoredCount);

        Added(workers[1], value, lastFree: 1);
        Assert.Equal(1, workers[1].StoredCount);
    }

    [Fact]
    public void A_copy_that_was_made_and_told_to_go_meanwhile_counts_as_one_that_could_not_be_made()
    {
        SchedulerWorker[] workers = [_bench.NewWorker(), _bench.NewWorker()];
        TaskId value = Put(workers[0], 1, MiB);
        Added(workers[1], value);
        Replicate(value, copies: 1);
        Replicate(value, copies: 2);

        Added(workers[1], value);

        Assert.Equal("1 copies could not be made, 0 were", _bench.ToldTo<OperationReply>(_bench.Client).Last().Error);
    }

    private void Replicate(TaskId task, int copies)
    {
        ReplicateTasks message = new() { RequestId = 7, Copies = copies };
        message.Tasks.Add(task);
        _bench.Tell(_bench.Client, message);
    }

    private void Added(SchedulerWorker worker, TaskId task, int lastFree = 0)
    {
        ReplicasAdded message = new() { LastFree = lastFree };
        message.Tasks.Add(task);
        message.Bytes.Add(MiB);
        _bench.Tell(worker, message);
    }
}
