using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class UnlikeMachinesTests
{
    private const long MiB = 1 << 20;

    private readonly MachineBench _bench = new();

    [Fact]
    public void A_worker_that_takes_longer_for_the_same_function_counts_as_more_loaded()
    {
        SchedulerWorker slow = _bench.NewWorker(name: "slow");
        SchedulerWorker fast = _bench.NewWorker(name: "fast");
        Graph graph = new(1);
        for (int i = 0; i < 30; i++)
        {
            graph.Add(workers: ["slow"]);
            graph.Add(workers: ["fast"]);
        }

        _bench.Tell(_bench.Client, graph.Message);
        for (int i = 0; i < 60; i++)
            _bench.Finish(i % 2 == 0 ? slow : fast, durationUs: i % 2 == 0 ? 40_000 : 10_000, graph.Id(i));
        Graph one = new(2);
        one.Add(workers: ["slow"]);
        one.Add(workers: ["fast"]);
        _bench.Tell(_bench.Client, one.Message);

        Assert.Equal(slow.OccupancyUs, fast.OccupancyUs);
        Assert.True(slow.Load > 2 * fast.Load, $"{slow.Load} µs against {fast.Load} µs");
        Graph next = new(3);
        TaskId task = next.Add();
        _bench.Tell(_bench.Client, next.Message);
        Assert.Equal(task, _bench.Computed(fast).Last().Task);
    }

    [Fact]
    public void An_input_is_brought_over_the_link_that_has_been_fast()
    {
        SchedulerWorker holder = _bench.NewWorker(name: "holder");
        SchedulerWorker far = _bench.NewWorker(name: "far");
        SchedulerWorker near = _bench.NewWorker(name: "near");
        TaskId input = Put(holder, 10 * MiB);
        Occupy(holder);
        Tell(far, holder, bytes: MiB, durationUs: 1_000_000);
        Tell(near, holder, bytes: MiB, durationUs: 1_000);
        Graph graph = new(3);
        TaskId task = graph.Add([input]);

        _bench.Tell(_bench.Client, graph.Message);

        Assert.Equal([(task, 1)], _bench.Computed(near));
        Assert.Empty(_bench.Computed(far));
    }

    [Fact]
    public void A_link_that_was_not_measured_is_taken_to_be_as_fast_as_others_of_its_worker()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Assert.Equal(MiB / 100, worker.TransferUs(5, MiB, unknownBytesPerUs: 100));

        Tell(worker, _bench.NewWorker(), bytes: MiB, durationUs: (int)MiB);

        Assert.Equal(MiB, worker.TransferUs(5, MiB, unknownBytesPerUs: 100));
    }

    [Fact]
    public void A_task_with_a_large_result_goes_to_the_worker_that_has_room_for_it()
    {
        SchedulerWorker small = _bench.NewWorker(name: "small", memoryLimit: 100 * MiB);
        SchedulerWorker large = _bench.NewWorker(name: "large", memoryLimit: 1000 * MiB);
        Graph first = new(1);
        TaskId known = first.Add(workers: ["small"]);
        _bench.Tell(_bench.Client, first.Message);
        _bench.Finish(small, durationUs: 1000, bytes: 50 * MiB, known);
        Graph second = new(2);
        TaskId[] tasks = [second.Add(), second.Add()];

        _bench.Tell(_bench.Client, second.Message);

        Assert.Equal(tasks, _bench.Computed(large).Select(run => run.Task));
    }

    [Fact]
    public void A_task_goes_only_to_workers_whose_memory_its_inputs_fit_into()
    {
        SchedulerWorker small = _bench.NewWorker(name: "small", memoryLimit: 100 * MiB);
        SchedulerWorker large = _bench.NewWorker(name: "large", memoryLimit: 1000 * MiB);
        TaskId[] inputs = [Put(small, 80 * MiB, submission: 1), Put(small, 80 * MiB, submission: 2)];
        Graph graph = new(3);
        TaskId task = graph.Add(inputs);
        TaskId preferring = graph.Add(inputs, workers: ["small"], allowOthers: true);

        _bench.Tell(_bench.Client, graph.Message);

        Assert.Equal([task, preferring], _bench.Computed(large).Select(run => run.Task).Order(Graph.ById));
        Assert.Empty(_bench.Computed(small));
    }

    [Fact]
    public void A_task_whose_inputs_fit_into_no_worker_fails_with_their_size_and_the_limit()
    {
        SchedulerWorker small = _bench.NewWorker(name: "small", memoryLimit: 100 * MiB);
        TaskId[] inputs = [Put(small, 80 * MiB, submission: 1), Put(small, 80 * MiB, submission: 2)];
        Graph graph = new(3);
        TaskId task = graph.Add(inputs);

        _bench.Tell(_bench.Client, graph.Message);

        TaskError error = _bench.ErrorOf(task);
        Assert.Equal(TaskErrorKind.InputsTooLarge, error.Kind);
        Assert.Contains("2 inputs of 160 MiB together", error.Message, StringComparison.Ordinal);
        Assert.Contains("small", error.Message, StringComparison.Ordinal);
        Assert.Contains("limit of 100 MiB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_fits_only_into_a_paused_worker_waits_for_it_and_says_why()
    {
        SchedulerWorker small = _bench.NewWorker(name: "small", memoryLimit: 100 * MiB);
        SchedulerWorker large = _bench.NewWorker(name: "large", memoryLimit: 1000 * MiB);
        TaskId[] inputs = [Put(small, 80 * MiB, submission: 1), Put(small, 80 * MiB, submission: 2)];
        _bench.Tell(large, new Heartbeat { Status = HeartbeatStatus.Paused });
        Graph graph = new(3);
        TaskId task = graph.Add(inputs);
        _bench.Tell(_bench.Client, graph.Message);
        Assert.Equal(TaskState.NoWorker, _bench.Machine.StateOf(task));
        _bench.Tell(_bench.Client, new StoryRequest { RequestId = 5, Task = task });
        string story = _bench.ToldTo<OperationReply>(_bench.Client).Last().Summary;
        Assert.Contains("cannot hold its inputs: 160 MiB together, with a memory limit of 100 MiB", story);

        _bench.Tell(large, new Heartbeat());

        Assert.Equal([(task, 1)], _bench.Computed(large));
    }

    private TaskId Put(SchedulerWorker holder, long bytes, ulong submission = 1)
    {
        RegisterData data = new() { Submission = submission };
        data.Workers.Add(holder.Number);
        data.Bytes.Add(bytes);
        _bench.Tell(_bench.Client, data);
        return new TaskId(submission, 0);
    }

    /// <summary>Gives a worker tasks that are known to take long.</summary>
    private void Occupy(SchedulerWorker worker)
    {
        Graph graph = new(2);
        TaskId known = graph.Add(workers: [worker.Name], function: 1);
        graph.Add(workers: [worker.Name], function: 1);
        _bench.Tell(_bench.Client, graph.Message);
        _bench.Finish(worker, durationUs: 5_000_000, known);
    }

    private void Tell(SchedulerWorker worker, SchedulerWorker source, long bytes, int durationUs)
    {
        TransfersMeasured measured = new();
        measured.Sources.Add(source.Number);
        measured.Bytes.Add(bytes);
        measured.DurationUs.Add(durationUs);
        _bench.Tell(worker, measured);
    }
}
