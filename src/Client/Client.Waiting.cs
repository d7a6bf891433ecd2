using System.Runtime.CompilerServices;

namespace TaskGraph;

// Waiting for futures, singly and together.
public sealed partial class Client
{
    /// <summary>
    /// The futures in the order in which they end, well or not; those that have ended already come first, in the
    /// order given. Every future given comes exactly once.
    /// </summary>
    /// <exception cref="SchedulerLostException">There is no scheduler any more; the rest had not ended.</exception>
    public async IAsyncEnumerable<Future<T>> AsCompleted<T>(
        IEnumerable<Future<T>> futures, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Future<T>[] all = [.. futures];
        var feed = Watch(all, wantsOrder: true, stopsAtFailure: false);
        try
        {
            await foreach (var position in feed.Settled.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                ThrowIfSchedulerLost(all[position].Handle, all[position].Slot);
                yield return all[position];
            }
        }
        finally
        {
            Unwatch(feed);
        }
    }

    /// <summary>Waits until all have ended, well or not; throws nothing of theirs.</summary>
    /// <exception cref="SchedulerLostException">There is no scheduler any more, and not all had ended.</exception>
    public async Task WhenAllAsync<T>(IEnumerable<Future<T>> futures, CancellationToken cancellationToken = default)
        => await WaitAsync(futures, WaitFor.All, null, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Waits until all, or the first, have ended, or the time is up; says which have and which have not.
    /// </summary>
    /// <param name="futures">What to wait for.</param>
    /// <param name="waitFor">All of them, or the first.</param>
    /// <param name="timeout">The longest wait; null = no limit.</param>
    /// <param name="cancellationToken">Gives up waiting; the tasks go on.</param>
    /// <exception cref="SchedulerLostException">There is no scheduler any more, and not all had ended.</exception>
    public async Task<WaitResult<T>> WaitAsync<T>(
        IEnumerable<Future<T>> futures, WaitFor waitFor = WaitFor.All, TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        Future<T>[] all = [.. futures];
        var feed = Watch(all, wantsOrder: false, stopsAtFailure: false);
        try
        {
            var end = waitFor == WaitFor.All ? feed.All : feed.First;
            await end.WaitAsync(timeout ?? Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The result says which have not ended.
        }
        finally
        {
            Unwatch(feed);
        }
        foreach (var future in all)
            ThrowIfSchedulerLost(future.Handle, future.Slot);
        return new WaitResult<T>(
            Array.FindAll(all, static future => future.IsCompleted),
            Array.FindAll(all, static future => !future.IsCompleted));
    }

    /// <summary>Keeps a task wanted until it has ended, although its future is dropped.</summary>
    public void FireAndForget(IFuture future)
    {
        ArgumentNullException.ThrowIfNull(future);
        var (handle, slot) = ((IHasFutureHandle)future).Place;
        lock (_gate)
        {
            // The waiter holds the handle, and the table of futures holds the waiter.
            if (handle.Set[slot].Status == FutureStatus.Pending)
                handle.Set.ObserveNext(slot, new SettledWaiter(handle));
        }
    }

    /// <summary>Completes when the task has ended, well or not.</summary>
    internal Task SettledAsync(FutureHandle handle, int slot, CancellationToken cancellation)
    {
        if (handle.Set.StatusOf(slot) == FutureStatus.Pending)
            SecedeIfTask();
        SettledWaiter waiter;
        lock (_gate)
        {
            if (handle.Set[slot].Status != FutureStatus.Pending)
                return Task.CompletedTask;
            waiter = new SettledWaiter(handle);
            handle.Set.ObserveNext(slot, waiter);
        }
        return cancellation.CanBeCanceled ? CancellableAsync(waiter, slot, cancellation) : waiter.Task;
    }

    /// <summary>Why the task has no value; null if it has, or has not ended.</summary>
    internal Exception? FailureOf(FutureSet set, int slot)
    {
        lock (_gate)
            return set.FailureOf(slot)?.ToException(set.KeyOf(slot));
    }

    /// <summary>Throws if the task counts as ended for no other reason than that the scheduler is lost.</summary>
    internal void ThrowIfSchedulerLost(FutureHandle handle, int slot)
    {
        if (IsLostWithScheduler(handle, slot))
            throw _machine.Loss!.ToException("");
    }

    /// <summary>Whether the task counts as ended for no other reason than that the scheduler is lost.</summary>
    internal bool IsLostWithScheduler(FutureHandle handle, int slot)
    {
        if (handle.Set.StatusOf(slot) != FutureStatus.Lost)
            return false;
        lock (_gate)
            return _machine.Loss is { } loss && ReferenceEquals(handle.Set.FailureOf(slot), loss);
    }

    private async Task CancellableAsync(SettledWaiter waiter, int slot, CancellationToken cancellation)
    {
        try
        {
            await waiter.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
                waiter.Handle.Set.Forget(slot, waiter);
            throw;
        }
    }

    private CompletionFeed Watch<T>(Future<T>[] futures, bool wantsOrder, bool stopsAtFailure)
    {
        var feed = new CompletionFeed(wantsOrder, stopsAtFailure);
        foreach (var future in futures)
        {
            if (!ReferenceEquals(future.Client, this))
            {
                throw new ArgumentException(
                    "A future of another client is among the futures. Wait through the client that holds it.");
            }
            feed.Add(future.Handle, future.Slot);
        }
        lock (_gate)
            feed.Start();
        if (!feed.All.IsCompleted)
            SecedeIfTask();
        return feed;
    }

    private void Unwatch(CompletionFeed feed)
    {
        lock (_gate)
            feed.Stop();
    }
}
