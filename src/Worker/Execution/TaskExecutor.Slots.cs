namespace TaskGraph.Worker.Execution;

/// <content>Slots: given up and taken again by runs, and taken from runs that do not end when they are told to.</content>
internal sealed partial class TaskExecutor
{
    private readonly Queue<Rejoining> _rejoining = new();
    private int _stuck;

    private sealed record Rejoining(TaskRun Run, TaskCompletionSource Done);

    /// <summary>How long a cancelled run that has started may take to return before it is given up.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>Where the nanny sees what runs; null = it does not.</summary>
    public RunBoard? Board { get; init; }

    /// <summary>
    /// Called when a run was cancelled, or its time was up, and its code still holds a thread after <see cref="Grace"/>.
    /// </summary>
    public Action<TaskRun>? FoundStuck { get; init; }

    /// <summary>Threads of runs that were given up and whose code has not returned: only a new process ends those.</summary>
    public int StuckCount
    {
        get
        {
            lock (_gate)
                return _stuck;
        }
    }

    /// <summary>The run gives up its slot; what thread it is on, another takes the thread's place.</summary>
    public void Secede(TaskRun run)
    {
        lock (_gate)
        {
            if (!run.HoldsSlot || run.State != RunState.Started)
                return;
            LeaveSlot(run);
            _seceded.Add(run);
        }

        _wake();
    }

    /// <summary>Completes when the run holds a slot again: before runs that have not started, after those that came.</summary>
    public Task RejoinAsync(TaskRun run, CancellationToken cancellation)
    {
        TaskCompletionSource done;
        lock (_gate)
        {
            if (run.HoldsSlot || run.State != RunState.Started || _isClosed)
                return Task.CompletedTask;
            done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _rejoining.Enqueue(new Rejoining(run, done));
            GrantSlots();
        }

        _wake();
        return cancellation.CanBeCanceled ? GiveUpAsync(done, cancellation) : done.Task;
    }

    /// <summary>
    /// Cancels a run: if it has not started it ends at once, else its token is cancelled, and if its code does not
    /// return within <see cref="Grace"/> it is given up: its end is told, and another thread takes the thread's place.
    /// </summary>
    public void Cancel(TaskRun run)
    {
        run.RequestCancel();
        if (!run.TryMove(RunState.Queued, RunState.Ended))
        {
            GiveGrace(run);
            return;
        }

        run.Error = RunErrors.Cancelled;
        lock (_gate)
        {
            _ended.Add(run);
            _isTold = true;
        }

        _wake();
    }

    // A cancelled wait is passed over when its turn comes; a slot that came at the same moment is kept.
    private static async Task GiveUpAsync(TaskCompletionSource done, CancellationToken cancellation)
    {
        using (cancellation.UnsafeRegister(
            static (source, token) => ((TaskCompletionSource)source!).TrySetCanceled(token), done))
            await done.Task.ConfigureAwait(false);
    }

    private void GiveGrace(TaskRun run)
    {
        lock (_gate)
        {
            if ((run.State != RunState.Started && !run.IsOverdue) || run.GraceTimer is not null || _isClosed)
                return;
            run.GraceTimer = new Timer(
                static state => { var stuck = (TaskRun)state!; stuck.Executor!.Abandon(stuck); },
                run,
                Grace,
                Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The run's code ignores its token: it keeps its thread, and nothing else.</summary>
    private void Abandon(TaskRun run)
    {
        var isFirst = run.TryMove(RunState.Started, RunState.Ended);
        if (!isFirst && !run.IsOverdue)
            return;
        run.GraceTimer?.Dispose();
        bool isStuck;
        lock (_gate)
        {
            isStuck = run.IsOnThread && !_isClosed;
            if (isStuck)
            {
                run.IsAbandoned = true;
                _stuck++;
            }
        }

        if (isFirst)
        {
            run.Error = RunErrors.Cancelled;
            run.Timer?.Dispose();
            Publish(run, leavesThread: true);
        }

        if (isStuck)
            FoundStuck?.Invoke(run);
    }

    private void LeaveSlot(TaskRun run)
    {
        run.HoldsSlot = false;
        FreeSlot();
        if (run.IsOnThread && !run.IsThreadReplaced)
        {
            run.IsThreadReplaced = true;
            StartThread();
        }
        else
        {
            Monitor.Pulse(_gate);
        }
    }

    private void FreeSlot()
    {
        _occupied--;
        GrantSlots();
    }

    /// <summary>Those who come back are first: they hold what others may wait for.</summary>
    private void GrantSlots()
    {
        while (_occupied < _slots && _rejoining.TryDequeue(out var next))
        {
            if (next.Run.State != RunState.Started || !next.Done.TrySetResult())
                continue;
            _occupied++;
            next.Run.HoldsSlot = true;
            _seceded.Add(next.Run);
        }
    }
}
