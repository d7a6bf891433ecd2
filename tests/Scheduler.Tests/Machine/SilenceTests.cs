using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class SilenceTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void A_silent_worker_gets_nothing_new_and_is_lost_after_its_lease()
    {
        SchedulerWorker silent = _bench.NewWorker();
        Graph first = new(1);
        TaskId task = first.Add();
        _bench.Tell(_bench.Client, first.Message);
        _bench.Advance(4_000_000);
        Assert.Equal(WorkerStatus.Suspect, silent.Status);
        Graph second = new(2);
        TaskId later = second.Add();
        _bench.Tell(_bench.Client, second.Message);
        Assert.Equal([(task, 1)], _bench.Computed(silent));

        _bench.Advance(6_500_000);

        Assert.Equal(WorkerStatus.Lost, silent.Status);
        Assert.Equal(TaskState.Queued, _bench.Machine.StateOf(task));
        Assert.Equal(TaskState.Queued, _bench.Machine.StateOf(later));
    }

    [Fact]
    public void A_suspect_that_speaks_again_gets_work_again()
    {
        SchedulerWorker worker = _bench.NewWorker();
        _bench.Advance(4_000_000);
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        Assert.Empty(_bench.Computed(worker));

        _bench.Tell(worker, new Heartbeat());

        Assert.Equal([(task, 1)], _bench.Computed(worker));
    }

    [Fact]
    public void When_most_workers_fall_silent_at_once_nobody_is_evicted_for_one_more_lease()
    {
        SchedulerWorker[] workers = [_bench.NewWorker(), _bench.NewWorker(), _bench.NewWorker()];
        for (int second = 0; second < 19; second++)
            _bench.Advance(1_000_000);
        Assert.Equal(3, _bench.Machine.WorkerCount);

        for (int second = 0; second < 3; second++)
            _bench.Advance(1_000_000);

        Assert.Equal(0, _bench.Machine.WorkerCount);
        Assert.All(workers, worker => Assert.Equal(WorkerStatus.Lost, worker.Status));
    }

    [Fact]
    public void Of_workers_that_fell_silent_at_once_the_last_to_come_back_has_its_longer_lease_too()
    {
        SchedulerWorker[] workers = [.. Enumerable.Range(0, 4).Select(_ => _bench.NewWorker())];
        void Pass(int seconds, params SchedulerWorker[] heard)
        {
            for (int second = 0; second < seconds; second++)
            {
                _bench.Advance(1_000_000);
                foreach (SchedulerWorker worker in heard)
                    _bench.Tell(worker, new Heartbeat());
            }
        }

        Pass(13, workers[..2]);
        Assert.Equal(4, _bench.Machine.WorkerCount);
        Pass(5, workers[..3]);
        Assert.Equal(4, _bench.Machine.WorkerCount);
        Pass(4, workers[..3]);
        Assert.Equal(WorkerStatus.Lost, workers[3].Status);

        Pass(11, workers[..2]);
        Assert.Equal(WorkerStatus.Lost, workers[2].Status);
    }

    [Fact]
    public void Silence_while_the_scheduler_itself_did_not_run_is_not_counted()
    {
        SchedulerWorker worker = _bench.NewWorker();
        _bench.Advance(2_000_000);
        _bench.Stall(15_000_000);
        Assert.Equal(WorkerStatus.Running, worker.Status);

        _bench.Advance(6_500_000);
        Assert.Equal(WorkerStatus.Suspect, worker.Status);
        _bench.Advance(2_000_000);
        Assert.Equal(WorkerStatus.Lost, worker.Status);
    }

    [Fact]
    public void A_client_that_is_away_has_its_whole_lease_although_the_scheduler_did_not_run_for_a_while()
    {
        _bench.NewWorker();
        Graph graph = new(1);
        TaskId task = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Machine.DisconnectClient(_bench.Client, _bench.Now);
        _bench.Stall(40_000_000);
        Assert.NotEqual(TaskState.Forgotten, _bench.Machine.StateOf(task));

        _bench.Advance(31_000_000);
        Assert.Equal(TaskState.Forgotten, _bench.Machine.StateOf(task));
    }
}
