using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class StealingTests
{
    private const long MiB = 1 << 20;
    private const int StepUs = 1000;

    private readonly MachineBench _bench = new();

    [Fact]
    public void Ten_thousand_trivial_consumers_of_one_input_cause_no_stealing_storm()
    {
        const int Consumers = 10_000;
        Cluster cluster = new(_bench, workers: 4);
        Graph graph = new(1);
        TaskId root = graph.Add(wanted: false);
        for (int i = 0; i < Consumers; i++)
            graph.Add([root], function: 1);
        _bench.Tell(_bench.Client, graph.Message);
        cluster.FinishRoot(root, MiB);

        int steps = cluster.RunToTheEnd(tasksPerStep: 50, fetchSteps: 11);

        Assert.Equal(Consumers, cluster.Ran);
        Assert.InRange(cluster.Retracted, 0, Consumers / 50);
        Assert.InRange(steps, 1, 2 * Consumers / 50);
    }

    [Theory]
    [InlineData(10_000, false)]
    [InlineData(5_000_000, true)]
    public void A_task_is_moved_to_an_idle_worker_only_if_that_pays_for_the_transfer_of_its_input(
        int durationUs, bool isMoved)
    {
        SchedulerWorker victim = _bench.NewWorker(name: "victim");
        TaskId input = Put(victim, 100 * MiB);
        Learn(victim, function: 0, durationUs);
        Graph graph = new(4);
        graph.Add([input]);
        TaskId second = graph.Add([input]);
        _bench.Tell(_bench.Client, graph.Message);

        _bench.NewWorker(name: "thief");

        Assert.Equal(isMoved ? [second] : [], _bench.Retracted(victim));
    }

    [Fact]
    public void A_worker_whose_task_runs_far_beyond_its_estimate_counts_as_loaded()
    {
        SchedulerWorker stuck = _bench.NewWorker(name: "stuck");
        TaskId input = Put(stuck, 100);
        Learn(stuck, function: 0, durationUs: 1000);
        Graph graph = new(4);
        graph.Add([input]);
        _bench.Tell(_bench.Client, graph.Message);
        SchedulerWorker other = _bench.NewWorker(name: "other");
        long before = stuck.Load;

        _bench.Advance(1_000_000);
        Graph next = new(5);
        TaskId task = next.Add([input]);
        _bench.Tell(_bench.Client, next.Message);

        Assert.InRange(before, 1, 2000);
        Assert.True(stuck.Load >= 2_000_000, $"{stuck.Load} µs");
        Assert.Equal([(task, 1)], _bench.Computed(other));
    }

    [Fact]
    public void The_time_that_a_worker_gave_to_long_running_tasks_does_not_count_against_its_next_one()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Graph graph = new(4);
        TaskId running = graph.Add();
        _bench.Tell(_bench.Client, graph.Message);
        TasksSeceded seceded = new();
        seceded.Tasks.Add(running);
        seceded.Attempts.Add(1);
        _bench.Tell(worker, seceded);
        for (int half = 0; half < 20; half++)
        {
            _bench.Advance(500_000);
            _bench.Tell(worker, new Heartbeat());
        }

        Graph next = new(5);
        next.Add();
        _bench.Tell(_bench.Client, next.Message);
        _bench.Advance(500);

        Assert.InRange(worker.Load, 1, 1000);
    }

    private TaskId Put(SchedulerWorker holder, long bytes)
    {
        RegisterData data = new() { Submission = 1 };
        data.Workers.Add(holder.Number);
        data.Bytes.Add(bytes);
        _bench.Tell(_bench.Client, data);
        return new TaskId(1, 0);
    }

    private void Learn(SchedulerWorker worker, int function, int durationUs)
    {
        Graph graph = new((ulong)(2 + function));
        TaskId task = graph.Add(function: function);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, durationUs, task);
    }

    /// <summary>Workers of one thread that run so many tasks in a step, and fetch the one input in so many steps.</summary>
    private sealed class Cluster
    {
        private readonly MachineBench _bench;
        private readonly FakeWorker[] _workers;
        private readonly int[] _hasInputAt;

        public Cluster(MachineBench bench, int workers)
        {
            _bench = bench;
            _workers = [.. Enumerable.Range(0, workers).Select(_ => new FakeWorker(bench.NewWorker()))];
            _hasInputAt = [.. Enumerable.Repeat(int.MaxValue, workers)];
        }

        public int Ran { get; private set; }

        public int Retracted { get; private set; }

        public void FinishRoot(TaskId root, long bytes)
        {
            int holder = Array.FindIndex(_workers, worker => _bench.Computed(worker.Peer).Count > 0);
            _hasInputAt[holder] = 0;
            _bench.ToldTo(_workers[holder].Peer).RemoveAll(message => message is not ComputeTasks);
            TasksFinished finished = new();
            finished.Tasks.Add(root);
            finished.Attempts.Add(1);
            finished.Bytes.Add(bytes);
            finished.DurationUs.Add(10);
            _bench.Forget();
            _bench.Tell(_workers[holder].Peer, finished);
        }

        /// <summary>Runs until nobody has a task; returns the number of steps.</summary>
        public int RunToTheEnd(int tasksPerStep, int fetchSteps)
        {
            int step = 0;
            bool isBusy = true;
            for (; isBusy; step++)
            {
                _bench.Advance(StepUs);
                isBusy = false;
                for (int i = 0; i < _workers.Length; i++)
                {
                    Hear(_workers[i]);
                    if (_workers[i].Queue.Count == 0)
                        continue;
                    isBusy = true;
                    if (_hasInputAt[i] == int.MaxValue)
                        _hasInputAt[i] = step + fetchSteps;
                    if (_hasInputAt[i] <= step)
                        Run(_workers[i], tasksPerStep);
                }
            }

            return step;
        }

        private void Hear(FakeWorker worker)
        {
            Message[] told = [.. _bench.ToldTo(worker.Peer)];
            _bench.ToldTo(worker.Peer).Clear();
            foreach (Message message in told)
            {
                if (message is RetractTasks retract)
                    Retracted += retract.Tasks.Count;
                foreach (Message answer in worker.Hear(message))
                    _bench.Tell(worker.Peer, answer);
            }
        }

        private void Run(FakeWorker worker, int count)
        {
            TasksFinished finished = new();
            foreach ((TaskId task, int attempt, _) in worker.Queue.Take(count))
            {
                finished.Tasks.Add(task);
                finished.Attempts.Add(attempt);
                finished.Bytes.Add(28);
                finished.DurationUs.Add(StepUs / count);
            }

            Ran += finished.Tasks.Count;
            worker.Queue.RemoveRange(0, finished.Tasks.Count);
            _bench.Tell(worker.Peer, finished);
        }
    }

    [Fact]
    public void Nothing_is_taken_back_for_an_idle_worker_where_stealing_is_switched_off()
    {
        MachineBench bench = new(new SchedulerMachineOptions { StealsWork = false });
        SchedulerWorker busy = bench.NewWorker();
        Graph graph = new(1);
        for (int i = 0; i < 10; i++)
            graph.Add();
        bench.Tell(bench.Client, graph.Message);
        bench.NewWorker();
        bench.Advance(1_000_000);

        Assert.Empty(bench.Retracted(busy));
    }
}
