using TaskGraph.Scheduler.Machine;
using TaskGraph.Worker.Machine;

namespace TaskGraph.Simulation.Tests;

/// <summary>
/// The kinds of dead-locks that Dask's users have reported (tasks stuck in processing, waiting, flight), acted out step by
/// step. Each ends with the general demand: all that is wanted ends with its value, and nothing is left.
/// </summary>
public class DeadlockTests
{
    private const long LongUs = 20_000;

    private readonly Dictionary<long, long> _durations = [];
    private readonly VirtualCluster _cluster;
    private long _salt;

    public DeadlockTests() => _cluster = NewCluster(workers: 2, threads: 1);

    private VirtualClient Client => _cluster.Clients[0];

    /// <summary>distributed#4724, #6705: cancelled, resumed.</summary>
    [Fact]
    public void A_task_cancelled_while_it_runs_and_wanted_again_is_run_again()
    {
        var work = New(LongUs);
        Client.Submit([work], [0], KeyForm.Hashed);
        Until(() => IsRunning(work), "it runs");
        Client.Release(Client.Futures[0]);
        Client.Transmit();
        Client.Submit([work], [0], KeyForm.Hashed);
        Player.Finish(_cluster);
    }

    /// <summary>distributed#5497: an input stuck in flight.</summary>
    [Fact]
    public void An_input_in_flight_whose_holder_dies_is_computed_again()
    {
        var input = New();
        var consumer = New(0, input);
        Client.Submit([input], [0], KeyForm.Unique);
        Until(() => Client.Futures[0].Status == FutureStatus.Finished, "the input is there");
        var holder = _cluster.Processes.First(process => process.Served is { Count: > 0 });
        var other = _cluster.Processes.First(process => process != holder);
        holder.FrozenUntilUs = _cluster.Time.NowUs + 3_000;
        Client.Submit([Placed(consumer, other.Name)], [0], KeyForm.Unique);
        Until(() => other.Current!.Machine.CountOf(WorkerTaskState.Flight) == 1, "the input is in flight");
        Kill(holder);
        Player.Finish(_cluster);
        Assert.Equal(1, _cluster.Checks.RecomputedCount);
    }

    /// <summary>distributed#6390, #5366: a worker that connects anew while the scheduler believes that it runs tasks.</summary>
    [Fact]
    public void A_worker_that_connects_anew_is_given_its_tasks_anew()
    {
        var works = Enumerable.Range(0, 4).Select(_ => New(LongUs)).ToArray();
        Client.Submit(works, [0, 1, 2, 3], KeyForm.Unique);
        Until(() => works.Count(IsRunning) == 2, "both workers run");
        _cluster.Events.LossCount++;

        // The worker sees the cut at once, the scheduler long after.
        _cluster.Processes[0].CutConnection(noticedAfterUs: 60_000, seenAfterUs: 0);
        Player.Finish(_cluster);
    }

    /// <summary>distributed#8548: stealing.</summary>
    [Fact]
    public void A_task_asked_back_from_a_worker_that_dies_before_it_answers_runs_elsewhere()
    {
        var works = Enumerable.Range(0, 12).Select(_ => New(LongUs)).ToArray();
        Client.Submit(works, [.. Enumerable.Range(0, 12)], KeyForm.Unique);
        Until(() => works.Count(IsRunning) == 2, "both workers run");
        var victim = _cluster.Processes[0];
        _cluster.AddWorker(0);
        Until(() => _cluster.Scheduler.Workers.Any(worker => worker.RetractingCount > 0), "tasks are asked back");
        Kill(victim);
        Player.Finish(_cluster);
    }

    /// <summary>distributed#3196: a thousand suicides stall the scheduler.</summary>
    [Fact]
    public void Workers_that_die_one_after_the_other_stall_nobody()
    {
        var works = Enumerable.Range(0, 60).Select(_ => New(LongUs)).ToArray();
        Client.Submit(works, [.. Enumerable.Range(0, works.Length)], KeyForm.Unique);
        for (var i = 0; i < 40; i++)
        {
            Until(() => _cluster.LiveProcesses.Any(process => process.Current?.Running.Any() == true), "somebody runs");
            Kill(_cluster.LiveProcesses.First(process => process.Current?.Running.Any() == true));
            _cluster.AddWorker(0);
        }

        Player.Finish(_cluster);
    }

    /// <summary>distributed#6110: slots full of tasks that wait for what only those slots could compute.</summary>
    [Fact]
    public void Tasks_that_wait_for_a_lost_input_do_not_keep_it_from_being_computed_again()
    {
        var cluster = _cluster;
        var root = New();
        var middle = New(0, root);
        Client.Submit([root, middle], [0, 1], KeyForm.Unique);
        Until(() => Client.Futures.TrueForAll(held => held.Status == FutureStatus.Finished), "the inputs are there");
        var holder = cluster.Processes.First(process => process.Served is { Count: > 0 });
        var other = cluster.Processes.First(process => process != holder);
        holder.FrozenUntilUs = cluster.Time.NowUs + 30_000;
        var consumers = Enumerable.Range(0, 40).Select(_ => Placed(New(0, middle), other.Name)).ToArray();
        Client.Submit(consumers, [.. Enumerable.Range(0, 40)], KeyForm.Unique);
        Until(() => cluster.Scheduler.Workers.Any(worker => worker.AssignedCount >= 16), "the other worker is full");
        Kill(holder);
        Player.Finish(cluster);
        Assert.Equal(2, cluster.Checks.RecomputedCount);
    }

    /// <summary>distributed#4926, #5370: both sides think differently of who is there.</summary>
    [Fact]
    public void A_worker_that_speaks_again_after_its_lease_is_taken_in_anew_and_its_old_results_are_not_counted()
    {
        var work = New(LongUs);
        Client.Submit([work], [0], KeyForm.Unique);
        Until(() => IsRunning(work), "it runs");
        var silent = _cluster.Processes.First(process => process.Current?.Running.Any() == true);
        _cluster.Events.LossCount++;
        silent.FrozenUntilUs = _cluster.Time.NowUs + (2 * VirtualCluster.WorkerLeaseUs);
        Player.Finish(_cluster);
        Until(() => silent.Current is not null, "it is back");
    }

    /// <summary>distributed#6263: tasks wait at a paused worker for ever.</summary>
    [Fact]
    public void A_paused_worker_gives_back_what_waits_there()
    {
        var works = Enumerable.Range(0, 12).Select(_ => New(LongUs)).ToArray();
        Client.Submit(works, [.. Enumerable.Range(0, 12)], KeyForm.Unique);
        Until(() => works.Count(IsRunning) == 2, "both workers run");
        var paused = _cluster.Processes[0];
        paused.PausedUntilUs = long.MaxValue;
        paused.SayHow();
        Player.Finish(_cluster);
        Assert.All(Client.Futures, held => Assert.Equal(FutureStatus.Finished, held.Status));
    }

    /// <summary>distributed#5879: a release crosses the result on the wire.</summary>
    [Fact]
    public void A_release_that_crosses_the_result_leaves_nothing_anywhere()
    {
        var work = New(1_000);
        Client.Submit([work], [0], KeyForm.Unique);
        Until(() => IsRunning(work), "it runs");
        Until(() => !IsRunning(work), "it has ended, and the scheduler does not know yet");
        Client.Release(Client.Futures[0]);
        Client.Transmit();
        Player.Finish(_cluster);
    }

    /// <summary>distributed#7200: a peer that nobody reaches.</summary>
    [Fact]
    public void An_input_whose_holder_cannot_be_reached_by_this_worker_alone_arrives_when_the_link_is_back()
    {
        var input = New();
        Client.Submit([input], [0], KeyForm.Unique);
        Until(() => Client.Futures[0].Status == FutureStatus.Finished, "the input is there");
        var holder = _cluster.Processes.First(process => process.Served is { Count: > 0 });
        var other = _cluster.Processes.First(process => process != holder);
        _cluster.CutPeers(holder, other, 500_000);
        Client.Submit([Placed(New(0, input), other.Name)], [0], KeyForm.Unique);
        Player.Finish(_cluster);
        Assert.Equal(0, _cluster.Checks.RecomputedCount);
        Assert.Equal(2, _cluster.Scheduler.Workers.Count());
    }

    /// <summary>Found by a simulated run: a copy and a dispatch of the same task cross.</summary>
    [Fact]
    public void A_copy_that_comes_when_its_task_was_dispatched_here_anew_answers_the_dispatch()
    {
        var value = New();
        Client.Submit([value], [0], KeyForm.Unique);
        Until(() => Client.Futures[0].Status == FutureStatus.Finished, "the value is there");
        var holder = _cluster.Processes.First(process => process.Served is { Count: > 0 });
        var other = _cluster.Processes.First(process => process != holder);
        var busy = Placed(New(LongUs), other.Name);
        Client.Submit([busy], [0], KeyForm.Unique);
        Until(() => IsRunning(busy), "the other worker is busy");
        holder.FrozenUntilUs = _cluster.Time.NowUs + 3_000;
        Client.Ask(id =>
        {
            var message = new ReplicateTasks { RequestId = id, Copies = 2 };
            message.Tasks.Add(Client.Futures[0].Id);
            return message;
        });
        Until(() => _cluster.Scheduler.Workers.Any(worker => worker.IncomingBytes > 0), "a copy is ordered");
        _cluster.Events.LossCount++;

        // The copy is asked for by then, and the answer comes when the holder moves again.
        _cluster.Time.After(500, () => holder.CutConnection(noticedAfterUs: 0, seenAfterUs: 10_000));
        Player.Finish(_cluster);
    }

    private static VirtualCluster NewCluster(int workers, int threads)
    {
        var scenario = new Scenario(0) { Workers = workers, Threads = threads, Faults = Faults.None };
        var cluster = new VirtualCluster(scenario, Choices.OfRecord([]), isTraced: true);
        cluster.Start();
        cluster.RunUntil(() => cluster.Scheduler.Machine.WorkerCount == workers && cluster.Clients[0].Machine.IsConnected,
            1_000_000, () => "all are there");
        return cluster;
    }

    private Work New(long durationUs = 0, params Work[] inputs)
    {
        var work = new Work(Behaviour.Returns, ++_salt, inputs);
        _durations[work.Salt] = durationUs;
        _cluster.SetDuration = run => _durations[run.Salt];
        return work;
    }

    private Work Placed(Work work, string worker)
    {
        var placed = new Work(work.Behaviour, ++_salt, work.Inputs) { Place = worker };
        _durations[placed.Salt] = _durations[work.Salt];
        return placed;
    }

    private bool IsRunning(Work work) => _cluster.Processes
        .Any(process => process.Current?.Running.Any(run => run.Salt == work.Salt) == true);

    private void Kill(VirtualWorker worker)
    {
        _cluster.Events.LossCount++;
        worker.Die(noticedAfterUs: 500);
    }

    private void Until(Func<bool> isSo, string goal)
    {
        try
        {
            _cluster.RunUntil(isSo, 1_000_000, () => goal);
        }
        catch (SimulationException e)
        {
            throw new SimulationException(_cluster.Describe(e.Message));
        }
    }
}
