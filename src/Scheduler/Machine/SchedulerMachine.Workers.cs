using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Workers that come, fall silent, and go.</content>
internal sealed partial class SchedulerMachine
{
    private long _nextTick = long.MaxValue;

    /// <summary>So many workers are silent that the fault is taken to be on this side.</summary>
    private bool _isSelfSuspected;

    /// <summary>
    /// Gives a number to a worker that introduces itself; null and the reason when it is refused. It takes part from
    /// <see cref="JoinWorker"/> on, when the shell can send to it.
    /// </summary>
    public SchedulerWorker? AdmitWorker(Hello hello, long now, out string refusal)
    {
        _now = now;
        refusal = "";
        SchedulerWorker worker = new(hello, _workers.Count, _options.Outbox);
        if (hello.DataAddress.Length == 0)
        {
            refusal = "a worker must say at which address it serves data";
            return null;
        }

        if (FindRival(worker) is { } rival)
        {
            bool isSameProcess = rival.Hello.Incarnation == hello.Incarnation
                || rival.Hello.Incarnation == hello.FormerIncarnation;
            if (!isSameProcess && rival.Status is WorkerStatus.Running or WorkerStatus.Paused or WorkerStatus.Retiring)
            {
                refusal = $"a worker of this name or address is connected: {rival.Label}; choose another --name";
                return null;
            }

            LoseWorker(rival, "it has connected anew", isPlanned: isSameProcess);
        }

        _workers.Add(null);
        return worker;
    }

    /// <summary>The worker takes part. False when another of its name was faster.</summary>
    public bool JoinWorker(SchedulerWorker worker, long now)
    {
        _now = now;
#if PLANTED
        if (Diagnostics.PlantedBug.Is(8))
        {
            Join(worker);
            return true;
        }
#endif
        if (FindRival(worker) is not null)
            return false;
        Join(worker);
        return true;
    }

    private SchedulerWorker? FindRival(SchedulerWorker worker)
    {
        foreach (SchedulerWorker? other in _workers)
        {
            if (other is not null && (other.Name == worker.Name || other.Address == worker.Address))
                return other;
        }

        return null;
    }

    /// <summary>Takes in that a worker's connection is gone.</summary>
    public void DisconnectWorker(SchedulerWorker worker, string reason, long now)
    {
        _now = now;
        if (!worker.IsConnected)
            return;
        LoseWorker(worker, reason, isPlanned: false);
        Settle();
    }

    private void Join(SchedulerWorker worker)
    {
        worker.LastHeard = _now;
        worker.Answered(_now);
        if (worker.Hello.FormerIncarnation != 0)
            ComeBack(worker);
        else
            NoLongerExpected(worker);
        RecordArrival(worker, PeerRole.Worker);
        foreach (SchedulerWorker? other in _workers)
        {
            if (other is null)
                continue;
            Introduce(worker, other.Outbox.Joined());
            Introduce(other, worker.Outbox.Joined());
            Dirty(other);
        }

        Introduce(worker, worker.Outbox.Joined());
        Dirty(worker);
        foreach (SchedulerClient client in _clients)
        {
            Introduce(worker, client.Outbox.Joined());
            Dirty(client);
        }

        _workers[worker.Number] = worker;
        NameWorker(worker);
        WorkerCount++;
        RefreshSmallestLimit();
        _totalThreads += worker.Threads;
        MarkLoad(worker);
        _nextTick = Math.Min(_nextTick, _now + _options.TickUs);
        Effects.Add(new SchedulerEffect(
            EffectLevel.Info, $"worker {worker.Label} joined with {worker.Threads} threads", Close: null));
        LogClusterEvent($"worker {worker.Name} joined");
        _isSupplyChanged = true;
        RequeueUnplaceable(worker);
        NoteRestarted();
    }

    private static void Introduce(SchedulerWorker worker, WorkersJoined message)
    {
        message.Numbers.Add(worker.Number);
        message.Addresses.Add(worker.Address);
        message.Names.Add(worker.Name);
        message.Threads.Add(worker.Threads);
    }

    /// <summary>
    /// Gives a worker up: its tasks run elsewhere, and values that only it held are computed again if needed.
    /// </summary>
    private void LoseWorker(SchedulerWorker worker, string reason, bool isPlanned)
    {
        int lostTasks = worker.AssignedCount;
        worker.Status = WorkerStatus.Lost;
        worker.IsConnected = false;
        RecordLeave(worker, PeerRole.Worker);
        Death death = new(worker, reason, IsReported: false, IsForMemory: false);
        LoseSecondRuns(worker, in death, isPlanned);
        TakeBackAssigned(worker, in death, isPlanned);
        for (int task = 0; task < _tasks.HighWater && worker.StoredCount > 0; task++)
        {
            if (_tasks[task].State == TaskState.Memory)
                StrikeOff(task, worker.Number);
        }

        int lostResults = _lost.Count;
        RecoverLost($"{worker.Label}, which held it, is gone ({reason})");
        Settle();
        if (worker == _emptying)
            StopEmptying();
        RemoveFromLoads(worker);
        _totalThreads -= worker.Threads;
        _workers[worker.Number] = null;
        WorkerCount--;
        RefreshSmallestLimit();
        LeaveShipping(worker, isGone: true);
        FailRuns(worker, reason);
        FailWorkerQuestions(worker, reason);
        EndRetirement(worker);
        NoteGone(worker);
        ForgetPartitionsOf(worker.Number);
        _isSupplyChanged = true;
        TellLeft(worker.Number);
        Effects.Add(new SchedulerEffect(
            isPlanned ? EffectLevel.Info : EffectLevel.Warning,
            $"worker {worker.Label} is gone ({reason}): {lostTasks} tasks taken back, {lostResults} results lost",
            worker));
        LogClusterEvent($"worker {worker.Name} left: {reason}");
    }

    /// <summary>
    /// Takes back what was assigned. Which tasks ran cannot be told from those that waited, so suspicion falls on the
    /// first dispatched ones, as many as the worker has threads, and on long-running ones.
    /// </summary>
    private void TakeBackAssigned(SchedulerWorker worker, in Death death, bool isPlanned)
    {
        int mayRun = worker.Threads;
        while (worker.FirstAssigned >= 0)
        {
            int task = worker.FirstAssigned;
            ref TaskRow row = ref _tasks[task];
            bool isSuspect = row.Has(TaskFlags.Seceded) || mayRun-- > 0;
#if PLANTED
            isPlanned &= !Diagnostics.PlantedBug.Is(11);
#endif
            if (isPlanned || !isSuspect || !Blame(task, ref row, in death))
                Requeue(task);
            else
                Fail(task, DeadlyError(task, row));
        }
    }

    private void TellLeft(int number)
    {
#if PLANTED
        if (Diagnostics.PlantedBug.Is(3))
            return;
#endif
        foreach (SchedulerWorker? other in _workers)
        {
            if (other is null)
                continue;
            Dirty(other);
            other.Outbox.Left().Numbers.Add(number);
        }

        foreach (SchedulerClient client in _clients)
        {
            Dirty(client);
            client.Outbox.Left().Numbers.Add(number);
        }
    }

    private void OnHeartbeat(SchedulerWorker worker, Heartbeat heartbeat)
    {
        worker.ProcessBytes = heartbeat.ProcessBytes;
        worker.CpuSeconds = heartbeat.CpuSeconds;
        worker.SpilledBytes = heartbeat.SpilledBytes;
        worker.SpilledCount = heartbeat.SpilledCount;
        worker.UnmanagedOldBytes = heartbeat.UnmanagedOldBytes;
        worker.PauseReason = heartbeat.PauseReason;
        SetPaused(worker, heartbeat.Status == HeartbeatStatus.Paused);
    }

    private void HeardFrom(SchedulerPeer peer)
    {
        peer.LastHeard = _now;
        if (peer is not SchedulerWorker worker)
            return;
        worker.HasLongerLease = false;
        if (worker.Status == WorkerStatus.Suspect)
        {
            Reinstate(worker);
            Effects.Add(new SchedulerEffect(EffectLevel.Info, $"worker {worker.Label} is heard again", Close: null));
        }
    }

    private void CheckDeadlines()
    {
        if (_now < _nextTick)
            return;
        ForgiveLateTick();
        CheckSilence();
        NoteOverruns();
        CheckClientLeases();
        ReduceReplicas();
        RelieveFullDisks();
        CheckTimeouts();
        StopAwaitingReports();
        AskOthersForAssemblies();
        _nextTick = WorkerCount > 0 || HasLeases || HasTimeouts || _awaitingReport.Count > 0 ? _now + _options.TickUs : long.MaxValue;
    }

    /// <summary>
    /// The scheduler itself was held up for so long by a turn: what was said meanwhile has not been heard, so nobody is to
    /// be blamed for that silence.
    /// </summary>
    public void WasHeldUp(long us)
    {
        Forgive(us, _now + us);
        if (_nextTick < long.MaxValue - us)
            _nextTick += us;
    }

    /// <summary>
    /// A tick that comes much too late says that this process did not run (a machine short of breath or asleep, a stop
    /// signal): what the others said meanwhile may still lie in the sockets.
    /// </summary>
    private void ForgiveLateTick()
    {
        long late = _now - _nextTick;
        if (late >= _options.TickUs)
            Forgive(late, _now);
    }

    private void Forgive(long us, long now)
    {
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not null)
                worker.LastHeard = Math.Min(worker.LastHeard + us, Math.Max(worker.LastHeard, now));
        }

        foreach (SchedulerClient client in _clients)
        {
            if (!client.IsConnected)
                client.LeaseEnd += us;
        }
    }

    private void CheckSilence()
    {
        int suspects = 0;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is null || _now - worker.LastHeard < _options.SuspectAfterUs)
                continue;
            suspects++;
            if (worker.Status is not (WorkerStatus.Running or WorkerStatus.Paused))
                continue;
            worker.Status = WorkerStatus.Suspect;
            MarkLoad(worker);
            Effects.Add(new SchedulerEffect(
                EffectLevel.Warning, $"worker {worker.Label} is silent: it gets no new work", Close: null));
        }

        // Half or more silent at once: more likely that the fault is on this side.
        bool isSelfSuspected = WorkerCount >= 3 && suspects * 2 >= WorkerCount;
        if (isSelfSuspected && !_isSelfSuspected)
            SuspectSelf(suspects);
        _isSelfSuspected = isSelfSuspected;
        for (int number = 0; number < _workers.Count; number++)
        {
            if (_workers[number] is { } worker)
                CheckLease(worker);
        }
    }

    /// <summary>
    /// Who was silent while half were has one lease more until it is heard, also when the first of the others are back:
    /// they do not all find their way back in the same moment.
    /// </summary>
    private void CheckLease(SchedulerWorker worker)
    {
        long silence = _now - worker.LastHeard;
        if (_isSelfSuspected && silence >= _options.SuspectAfterUs)
            worker.HasLongerLease = true;
        if (silence >= (worker.HasLongerLease ? 2 : 1) * _options.WorkerLeaseUs)
            LoseWorker(worker, $"nothing heard for {silence / 1_000_000} s", isPlanned: false);
    }

    private void SuspectSelf(int silent) =>
        Effects.Add(new SchedulerEffect(
            EffectLevel.Warning,
            $"{silent} of {WorkerCount} workers are silent at once: the fault may be on this side, so nobody is given up "
                + $"before {2 * _options.WorkerLeaseUs / 1_000_000} s of silence",
            Close: null));
}
