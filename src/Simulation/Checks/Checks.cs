using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>What must hold between the machines, whatever happens to them; numbers are those of docs/simulation.md.</summary>
internal sealed partial class Checks(VirtualCluster cluster)
{
    private readonly VirtualCluster _cluster = cluster;
    private readonly Dictionary<TaskId, (int Worker, int Attempt)> _dispatched = [];
    private readonly Dictionary<TaskId, (int Worker, int Attempt)> _seconds = [];
    private readonly Dictionary<(int Worker, TaskId Task), int> _stopped = [];
    private readonly HashSet<(int Worker, TaskId Task, int Attempt)> _askedBack = [];
    private readonly Dictionary<TaskId, TaskState> _before = [];

    /// <summary>The scheduler was started anew: numbers and attempts begin again.</summary>
    public void SchedulerForgot(bool keepsJournal)
    {
        _dispatched.Clear();
        _seconds.Clear();
        _stopped.Clear();
        _askedBack.Clear();
        ForgetMoves();
        ForgetLoads(keepsJournal);
        _wentInOrder.Clear();
    }

    /// <summary>The scheduler says something.</summary>
    public void SentByScheduler(SchedulerPeer peer, Message message)
    {
        if (peer is not SchedulerWorker worker)
        {
            if (message is CoordinationReply { Token: > 0 } grant)
                LeaseSent(grant.Token);
            return;
        }

        switch (message)
        {
            case ComputeTasks compute:
                Dispatched(worker, compute);
                break;
            case RetractTasks retract:
                for (var i = 0; i < retract.Tasks.Count; i++)
                    _askedBack.Add((worker.Number, retract.Tasks[i], retract.Attempts[i]));
                break;
            case AbortTasks abort:
                NoteStopped(worker.Number, abort.Tasks, abort.Attempts);

                // Whoever is to give it up altogether need not say whether it gives it back.
                for (var i = 0; i < abort.Tasks.Count; i++)
                    _askedBack.Remove((worker.Number, abort.Tasks[i], abort.Attempts[i]));
                break;
            case FreeTasks free:
                NoteStopped(worker.Number, free.Tasks, free.Attempts);
                break;
        }
    }

    public void BeforeScheduler(SchedulerPeer peer, Message message)
    {
        _before.Clear();
        switch (message)
        {
            case TasksFinished finished:
                foreach (var task in finished.Tasks.Span)
                    _before[task] = _cluster.Scheduler.Machine.StateOf(task);
                break;
            case WorkerInventory inventory:
                foreach (var task in inventory.Running.Span)
                    _before[task] = _cluster.Scheduler.Machine.StateOf(task);
                break;
            case TasksFailed failed:
                CountFailures((SchedulerWorker)peer, failed);
                break;
            case TasksRetracted retracted:
                for (var i = 0; i < retracted.Tasks.Count; i++)
                    _askedBack.Remove((((SchedulerWorker)peer).Number, retracted.Tasks[i], retracted.Attempts[i]));
                break;
            case CoordinationCall { Operation: SharedOperation.Release } release:
                LeaseEnded(release.Token);
                break;
            case Goodbye when peer is SchedulerWorker leaving:
                _wentInOrder.Add(leaving.Number);
                break;
            case Goodbye when peer is SchedulerClient:
                LeaseEnded(_lease.Token);
                break;
        }
    }

    /// <summary>8: a result is taken from the last dispatch alone.</summary>
    public void AfterScheduler(SchedulerPeer peer, Message message)
    {
        if (message is WorkerInventory inventory)
            NoteTakenOver((SchedulerWorker)peer, inventory);
        if (message is not TasksFinished finished || peer is not SchedulerWorker worker || _cluster.CheckEvery > 1)
            return;
        for (var i = 0; i < finished.Tasks.Count; i++)
        {
            var task = finished.Tasks[i];
            var isTaken = _before[task] != TaskState.Memory
                && _cluster.Scheduler.Machine.StateOf(task) == TaskState.Memory;
            var run = (worker.Number, finished.Attempts[i]);
            var isLast = _dispatched.GetValueOrDefault(task) == run || _seconds.GetValueOrDefault(task) == run;
            Require(!isTaken || isLast, task, "the result of an old attempt was taken");
        }
    }

    /// <summary>A run that a worker brings with it counts as dispatched to it.</summary>
    private void NoteTakenOver(SchedulerWorker worker, WorkerInventory inventory)
    {
        for (var i = 0; i < inventory.Running.Count; i++)
        {
            var task = inventory.Running[i];
            if (_before[task] != TaskState.Processing && _cluster.Scheduler.Machine.StateOf(task) == TaskState.Processing)
                _dispatched[task] = (worker.Number, inventory.RunningAttempts[i]);
        }
    }

    /// <summary>12: a task never runs twice at once where the scheduler could have known.</summary>
    public void RunStarts(Incarnation incarnation, Incarnation.Run run)
    {
        if (_cluster.CheckEvery > 1 || !Counts(incarnation, run))
            return;
        if (FindWork(run.Task) is { IsSpeculative: true })
        {
            RequireTwoAtMost(run.Task);
            return;
        }

        foreach (var process in _cluster.Processes)
        {
            if (process.Current is not { } other || other == incarnation)
                continue;
            var isTwin = other.Running.Any(twin => twin.Task == run.Task && Counts(other, twin));
            Require(!isTwin, run.Task, $"it runs on {incarnation.Label} and {other.Label} at once");
        }
    }

    private void RequireTwoAtMost(TaskId task)
    {
        var count = 0;
        foreach (var process in _cluster.Processes)
            count += process.Current is { } at && at.Running.Any(run => run.Task == task && Counts(at, run)) ? 1 : 0;
        Require(count <= 2, task, $"it runs {count} times at once");
    }

    /// <summary>13: what the journal holds makes a machine that keeps what the one that wrote it keeps.</summary>
    public void JournalTellsAll()
    {
        if (_cluster.Scheduler.Journal is not { } journal)
            return;
        var replayed = _cluster.Scheduler.NewMachine();
        journal.ReplayInto(replayed);
        replayed.StartAfterReplay(_cluster.Time.NowUs);
        replayed.AssertInvariants();
        if (replayed.DurableHash() != _cluster.Scheduler.Machine.DurableHash())
        {
            var live = _cluster.Scheduler.Machine;
            var differing = _cluster.Submitted.Where(
                id => (replayed.StateOf(id) == TaskState.Forgotten) != (live.StateOf(id) == TaskState.Forgotten));
            throw new SimulationException(
                $"13: the journal replayed has {replayed.TaskCount} tasks, the machine {live.TaskCount}; "
                + $"or they differ in inputs or wants. In one of them alone: {string.Join(' ', differing.Take(10))}");
        }
    }

    /// <summary>Nothing is under way: every question to a worker has had its answer.</summary>
    public void Calm()
    {
        JournalTellsAll();
        foreach (var (worker, task, attempt) in _askedBack)
        {
            var isThere = _cluster.Processes.Any(process => process.Current is { } current
                && current.Number == worker && _cluster.Scheduler.Knows(current.Peer));
            Require(!isThere, task, $"worker {worker} has never said whether it gives back attempt {attempt}");
        }
    }

    /// <summary>Tasks whose stories a report tells: those that the problem names, or those that have not ended.</summary>
    public IEnumerable<TaskId> Suspects(string problem)
    {
        var named = _cluster.Submitted.Where(id => problem.Contains($"task {id} ", StringComparison.OrdinalIgnoreCase));
        return named.Concat(_cluster.Clients.Where(client => !client.IsGone)
            .SelectMany(client => client.Futures)
            .Where(held => held.Status == FutureStatus.Pending)
            .Select(held => held.Id))
            .Concat(_cluster.Submitted.Where(id => _cluster.Scheduler.Machine.StateOf(id) != TaskState.Forgotten));
    }

    public static void Require(bool holds, TaskId task, string problem)
    {
        if (!holds)
            throw new SimulationException($"task {task} : {problem}");
    }

    /// <summary>6, 7: attempts count up, and go only to workers that are heard and stay.</summary>
    private void Dispatched(SchedulerWorker worker, ComputeTasks compute)
    {
        for (var i = 0; i < compute.Tasks.Count; i++)
        {
            var (task, attempt) = (compute.Tasks[i], compute.Attempts[i]);
            Require(worker.Status == WorkerStatus.Running, task, $"it was given to a worker that is {worker.Status}");
            if (_cluster.CheckEvery > 1)
                continue;
            var earlier = Math.Max(_dispatched.GetValueOrDefault(task).Attempt, _seconds.GetValueOrDefault(task).Attempt);
            Require(attempt > earlier, task, "an attempt's number was used twice");
            if (_cluster.Scheduler.Machine.RunsSecond(task, worker.Number))
            {
                Require(FindWork(task) is null or { IsSpeculative: true }, task, "it runs a second time, and nobody has allowed that");
                _cluster.Happened(Faults.Speculation);

                // The second run before this one has taken the first one's place.
                if (_seconds.TryGetValue(task, out var first))
                    _dispatched[task] = first;
                _seconds[task] = (worker.Number, attempt);
            }
            else
            {
                _dispatched[task] = (worker.Number, attempt);
                _seconds.Remove(task);
            }

            _askedBack.RemoveWhere(asked => asked.Worker == worker.Number && asked.Task == task);
        }
    }

    private bool Counts(Incarnation incarnation, Incarnation.Run run) =>
        _cluster.Scheduler.Knows(incarnation.Peer)
        && incarnation.Peer.Status != WorkerStatus.Returning
        && !run.IsCancelled

        // A dispatch that comes twice, the second time after the worker has said that the run failed.
        && !_countedFailures.Contains((run.Task, run.Attempt))
        && _stopped.GetValueOrDefault((incarnation.Number, run.Task), -1) < run.Attempt;

    private void NoteStopped(int worker, MessageColumn<TaskId> tasks, MessageColumn<int> attempts)
    {
        for (var i = 0; i < tasks.Count && _cluster.CheckEvery == 1; i++)
        {
            ref var stopped = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
                _stopped, (worker, tasks[i]), out var isKnown);
            stopped = isKnown ? Math.Max(stopped, attempts[i]) : attempts[i];
        }
    }
}
