using System.Diagnostics;

namespace TaskGraph.Worker.Execution;

/// <summary>
/// Runs tasks on N dedicated threads. N slots bound what runs: a run holds one from its start to its end, an
/// awaiting async run included, unless it secedes or outlives its time limit; then another thread takes its place.
/// Batches go in by <see cref="Enqueue"/> and come out by <see cref="TakeEvents"/>.
/// </summary>
internal sealed partial class TaskExecutor : IDisposable
{
    private readonly object _gate = new();
    private readonly PriorityQueue<TaskRun, Order> _queue = new();
    private readonly Action _wake;
    private readonly Action _bring;
    private readonly int _slots;
    private readonly string _name;
    private List<TaskRun> _ended = [];
    private List<TaskRun> _seceded = [];
    private long _sequence;
    private int _occupied;
    private int _idle;
    private EndPace _pace;
    private bool _hasUntold;
    private bool _isTold;
    private bool _isClosed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many.</param>
    /// <param name="name">Their name.</param>
    /// <param name="wake">Called when events are there to be taken, by another thread.</param>
    /// <param name="bring">
    /// Called instead by a thread of the executor that has nothing else to do: events may be taken within the call.
    /// </param>
    public TaskExecutor(int threads, string name, Action wake, Action bring)
    {
        _slots = threads;
        _name = name;
        _wake = wake;
        _bring = bring;
        for (var i = 0; i < threads; i++)
            StartThread();
    }

    private readonly record struct Order(long Priority, long Sequence) : IComparable<Order>
    {
        public int CompareTo(Order other) => Priority != other.Priority
            ? Priority.CompareTo(other.Priority)
            : other.Sequence.CompareTo(Sequence);
    }

    /// <summary>Runs that hold a slot.</summary>
    public int RunningCount
    {
        get
        {
            lock (_gate)
                return _occupied;
        }
    }

    /// <summary>Whether runs wait behind others: those that idle threads are about to take do not.</summary>
    public bool HasWaiting
    {
        get
        {
            lock (_gate)
                return _queue.Count > _idle + (_isLookoutOut ? 1 : 0);
        }
    }

    /// <summary>Queues runs; the one with the smallest priority starts first, of equals the last that came.</summary>
    public void Enqueue(List<TaskRun> runs)
    {
        lock (_gate)
        {
            foreach (var run in runs)
            {
                run.Executor = this;
                _queue.Enqueue(run, new Order(run.Priority, ++_sequence));
            }

            var wanted = Math.Min(_idle, runs.Count - CallLookout(runs.Count));
            for (var i = 0; i < wanted; i++)
                Monitor.Pulse(_gate);
        }
    }

    /// <summary>Takes a run back if it has not started; then nothing more is heard of it.</summary>
    public bool TryTakeBack(TaskRun run) => run.TryMove(RunState.Queued, RunState.Ended);

    /// <summary>
    /// Swaps the filled lists for the given empty ones. Of one run the secession comes no later than its end; handle
    /// seceded runs first.
    /// </summary>
    /// <param name="ended">Runs that have ended.</param>
    /// <param name="seceded">Runs that have given up their slot, or have it again: <c>HoldsSlot</c> tells.</param>
    /// <param name="pace">
    /// How many ends may gather, as long as more runs are queued: unless each is told, the caller looks again soon.
    /// </param>
    public void TakeEvents(ref List<TaskRun> ended, ref List<TaskRun> seceded, EndPace pace)
    {
        lock (_gate)
        {
            _pace = pace;
            _hasUntold = false;
            _isTold = false;
            (_ended, ended) = (ended, _ended);
            (_seceded, seceded) = (seceded, _seceded);
        }
    }

    /// <summary>Ends the threads as soon as they are idle. Runs that go on are cancelled by their owner.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void StartThread()
    {
        var thread = new Thread(RunTasks, maxStackSize: 16 << 20)
        {
            IsBackground = true,
            Name = _name,
        };
        thread.UnsafeStart();
    }

    private void RunTasks()
    {
        TimerSlack.Tighten();
        var clean = ExecutionContext.Capture();
        TaskRun? run = null;
        while ((run = Next(run)) is not null)
        {
            Start(run);
            if (clean is not null)
                ExecutionContext.Restore(clean);
        }
    }

    /// <summary>
    /// The run to start after <paramref name="last"/>, whose function has returned to this thread; null = the thread
    /// is no longer one of the N.
    /// </summary>
    private TaskRun? Next(TaskRun? last)
    {
        if (last is not null && !Leave(last))
            return null;
        while (true)
        {
            TaskRun? run;
            lock (_gate)
            {
                run = TakeNext();
                if (run is null && _isClosed)
                    return null;

                // Another thread was faster, and went on without telling what had ended before: that may take it long.
                _hasUntold |= run is null && _ended.Count > 0 && !_isTold;
                if (!_hasUntold && run is not null)
                    return run;
                if (!_hasUntold)
                {
                    Idle();
                    continue;
                }

                _hasUntold = false;
                _isTold = true;
            }

            if (run is not null)
            {
                _wake();
                return run;
            }

            // Nothing to run before the loop has heard what has ended: it hears it on this thread.
            _bring();
        }
    }

    /// <summary>The function has returned; false = the thread has been replaced.</summary>
    private bool Leave(TaskRun last)
    {
        lock (_gate)
        {
            last.IsOnThread = false;
            if (last.State == RunState.Ended)
                LeaveBoard(last);
            if (last.IsAbandoned)
                _stuck--;
            return !last.IsThreadReplaced;
        }
    }

    /// <summary>Neither its code runs any more, nor is it awaited.</summary>
    private void LeaveBoard(TaskRun run)
    {
        Board?.Leave(run.BoardEntry);
        run.BoardEntry = 0;
    }

    private TaskRun? TakeNext()
    {
        while (!_isClosed && _occupied < _slots && _queue.TryDequeue(out var run, out _))
        {
            if (!run.TryMove(RunState.Queued, RunState.Started))
                continue;
            _occupied++;
            run.HoldsSlot = true;
            run.IsOnThread = true;
            run.BoardEntry = Board?.Enter(run.Task) ?? 0;
            return run;
        }

        return null;
    }

    private void Start(TaskRun run)
    {
        run.StartedTicks = Stopwatch.GetTimestamp();
        if (run.TimeoutMs > 0)
        {
            run.Timer = new Timer(
                static state => { var late = (TaskRun)state!; late.Executor!.TimeIsUp(late); },
                run,
                run.TimeoutMs,
                Timeout.Infinite);
        }

        if (!CanResultTravel(run))
            return;
        try
        {
            using var scope = TaskContext.Enter(run);
            var cancellation = run.Function.TakesCancellation ? run.Cancellation : CancellationToken.None;
            if (run.Function.IsAsync)
                StartAsync(run, cancellation);
            else
                Succeed(run, run.Function.Invoke(run.Arguments, run, cancellation));
        }
        catch (Exception e)
        {
            End(run, RunErrors.Of(run, e));
        }
    }

    /// <summary>A result type without a codec is found before the function does its work in vain.</summary>
    private bool CanResultTravel(TaskRun run)
    {
        if (run.IsActor)
            return true;
        try
        {
            _ = run.Function.ResultCodec;
            return true;
        }
        catch (Exception e)
        {
            End(run, RunErrors.ResultNotSerializable(run, e));
            return false;
        }
    }

    private void StartAsync(TaskRun run, CancellationToken cancellation)
    {
        var pending = run.Function.InvokeAsync(run.Arguments, run, cancellation);
        if (pending.IsCompleted)
            Succeed(run, pending.GetAwaiter().GetResult());
        else
            _ = FinishAsync(run, pending);
    }

    private async Task FinishAsync(TaskRun run, ValueTask<object?> pending)
    {
        try
        {
            Succeed(run, await pending.ConfigureAwait(false));
        }
        catch (Exception e)
        {
            End(run, RunErrors.Of(run, e));
        }
    }

    private void Succeed(TaskRun run, object? value)
    {
        var duration = Stopwatch.GetElapsedTime(run.StartedTicks);
        run.DurationUs = (int)Math.Min(duration.TotalMicroseconds, int.MaxValue);
        if (run.State == RunState.Ended)
            return;
        try
        {
            ResultForm.Set(run, value);
        }
        catch (ResultTooLargeException e)
        {
            End(run, RunErrors.ResultTooLarge(run, e));
            return;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            End(run, run.IsActor ? RunErrors.Of(run, e) : RunErrors.ResultNotSerializable(run, e));
            return;
        }

        End(run, null);
    }

    private void End(TaskRun run, Messages.TaskError? error)
    {
        if (!run.TryMove(RunState.Started, RunState.Ended))
            return;
        run.Error = error;
        run.Timer?.Dispose();
        run.GraceTimer?.Dispose();
        Publish(run, leavesThread: false);
    }

    /// <summary>
    /// The time limit of a run has passed: it fails now, and what its code still does concerns nobody.
    /// </summary>
    private void TimeIsUp(TaskRun run)
    {
        if (!run.TryMove(RunState.Started, RunState.Ended))
            return;
        run.Error = RunErrors.Timeout(run);
        run.DurationUs = (int)Math.Min(run.TimeoutMs * 1000L, int.MaxValue);
        run.Timer?.Dispose();
        run.IsOverdue = true;
        Publish(run, leavesThread: true);
        run.RequestCancel();
        GiveGrace(run);
    }

    private void Publish(TaskRun run, bool leavesThread)
    {
        bool wakes;
        lock (_gate)
        {
            if (run.HoldsSlot && leavesThread)
            {
                LeaveSlot(run);
            }
            else if (run.HoldsSlot)
            {
                run.HoldsSlot = false;
                FreeSlot();
                if (!run.IsOnThread || run.IsThreadReplaced)
                    Monitor.Pulse(_gate);
            }

            if (!run.IsOnThread)
                LeaveBoard(run);
            _ended.Add(run);
            var isLast = _queue.Count == 0;

            // The thread comes to Next at once, and tells it itself if it finds nothing to run.
            _hasUntold |= isLast && run.IsOnThread && !run.IsThreadReplaced;
            wakes = !_hasUntold && !_isTold && (isLast || _ended.Count >= _pace.Gathered(_queue.Count));
            _isTold |= wakes;
        }

        if (wakes)
            _wake();
        run.LeaveGroups();
    }
}
