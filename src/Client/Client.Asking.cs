using TaskGraph.Messages;

namespace TaskGraph;

// Questions to the scheduler.
public sealed partial class Client
{
    private readonly List<(int Count, TaskCompletionSource Done)> _workerWaits = [];

    /// <summary>What the scheduler knows of itself and its workers.</summary>
    public async Task<SchedulerInfo> SchedulerInfoAsync(CancellationToken cancellationToken = default)
    {
        var reply = await AskAsync<ClusterInfo>(
            static id => new ClusterInfoRequest { RequestId = id }, cancellationToken).ConfigureAwait(false);
        return new SchedulerInfo(
            reply.SchedulerAddress, reply.SchedulerVersion, reply.SchedulerProcessId,
            new Dictionary<string, long>(reply.TaskCounts), reply.Workers,
            TimeSpan.FromMicroseconds(reply.LongestGcPauseUs))
        {
            AdaptiveTarget = reply.AdaptiveTarget,
        };
    }

    /// <summary>Waits until the cluster has at least <paramref name="count"/> workers.</summary>
    /// <param name="count">How many workers are needed.</param>
    /// <param name="timeout">The longest wait; null = no limit.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="TimeoutException">They were not there in time; the message says how many were.</exception>
    public async Task WaitForWorkersAsync(
        int count, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ThrowIfUnusable();
            _workerWaits.Add((count, done));
            NoteWorkers();
        }
        try
        {
            await done.Task.WaitAsync(timeout ?? Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            int present;
            lock (_gate)
                present = _machine.Workers.Count;
            throw new TimeoutException($"{present} of {count} workers joined {_schedulerAddress} within {timeout}.");
        }
        finally
        {
            lock (_gate)
                _workerWaits.RemoveAll(wait => ReferenceEquals(wait.Done, done));
        }
    }

    /// <summary>
    /// The addresses of the workers that hold each result, in the order given; empty where it does not exist.
    /// </summary>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> WhoHasAsync(
        IEnumerable<IFuture> futures, CancellationToken cancellationToken = default)
    {
        TaskId[] tasks = [.. futures.Select(static future => future.Id)];
        var addresses = new List<IReadOnlyList<string>>(tasks.Length);
        foreach (var batch in tasks.Chunk(Protocol.MaxTasksPerMessage))
        {
            var holders = await AskWhoHasAsync(batch, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < batch.Length; i++)
                addresses.Add(holders.AddressesOf(i));
        }
        return addresses;
    }

    /// <summary>
    /// Gives tasks up, with everything that depends on them; running functions see their cancellation token.
    /// </summary>
    /// <param name="futures">What to cancel.</param>
    /// <param name="reason">Shown to everybody who waits for them.</param>
    /// <param name="force">Cancel also what other clients want.</param>
    /// <param name="cancellationToken">Stops waiting; they are given up all the same.</param>
    /// <exception cref="SchedulerLostException">There is no scheduler any more that could give them up.</exception>
    public async Task CancelAsync(
        IEnumerable<IFuture> futures, string reason = "", bool force = false,
        CancellationToken cancellationToken = default)
    {
        IFuture[] all = [.. futures];
        var tasks = Array.ConvertAll(all, static future => future.Id);
        Cancellation cancel;
        lock (_gate)
        {
            ThrowIfUnusable();
            cancel = _machine.Cancel(tasks, reason, force);
            Transmit();
        }
        try
        {
            // The scheduler answers by telling the futures: done when each of them has ended.
            await Task.WhenAll(Array.ConvertAll(all, future =>
            {
                var (handle, slot) = ((IHasFutureHandle)future).Place;
                return SettledAsync(handle, slot, cancellationToken);
            })).ConfigureAwait(false);
            foreach (var future in all)
                ThrowIfSchedulerLost(((IHasFutureHandle)future).Place.Handle, ((IHasFutureHandle)future).Place.Slot);
        }
        finally
        {
            lock (_gate)
                _machine.EndCancel(cancel);
        }
    }

    private async Task<HolderList> AskWhoHasAsync(TaskId[] tasks, CancellationToken cancellation)
    {
        var reply = await AskAsync<WhoHasReply>(
            id =>
            {
                var message = new WhoHas { RequestId = id };
                message.Tasks.AddRange(tasks);
                return message;
            },
            cancellation).ConfigureAwait(false);
        lock (_gate)
            return HolderList.Of(reply, _machine.Workers);
    }

    private async Task<TReply> AskAsync<TReply>(
        Func<ulong, Message> question, CancellationToken cancellation, bool isRepeatable = true,
        Action<TReply>? heard = null)
        where TReply : Message
    {
        SingleReplyRequest<TReply> request;
        ulong id;
        lock (_gate)
        {
            ThrowIfUnusable();
            id = _machine.NewRequest();
            request = new SingleReplyRequest<TReply>(question(id), isRepeatable, heard);
            _machine.Ask(id, request);
            Transmit();
        }
        try
        {
            return await request.Answer.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _machine.Forget(id);
        }
    }

    /// <summary>Workers came or went, or none will come any more: looks who waits for that. Under the lock.</summary>
    private void NoteWorkers()
    {
        foreach (var (count, done) in _workerWaits)
        {
            if (_machine.Loss is { } loss)
                done.TrySetException(new SchedulerLostException(loss.Address, loss.Reason));
            else if (_machine.Workers.Count >= count)
                done.TrySetResult();
        }
    }
}
