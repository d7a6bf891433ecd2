namespace TaskGraph.Worker.Server.Groups;

/// <summary>
/// Messages that have come from the other members, by rank and tag, and the calls that wait for one. Data connections
/// deliver straight into it: the worker's loop is not involved.
/// </summary>
internal sealed class GroupMailbox
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int From, int Tag), Queue<ReadOnlyMemory<byte>>> _messages = [];
    private readonly Dictionary<(int From, int Tag), Waiter> _waiting = [];
    private readonly HashSet<int> _leftRanks = [];
    private Func<Exception>? _failure;

    private sealed class Waiter() : TaskCompletionSource<ReadOnlyMemory<byte>>(
        TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Throws if the group has failed.</summary>
    public void ThrowIfFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure)
            throw failure();
    }

    /// <summary>A message has come.</summary>
    public void Deliver(int from, int tag, ReadOnlyMemory<byte> bytes)
    {
        Waiter? waiter;
        lock (_gate)
        {
            if (!_waiting.Remove((from, tag), out waiter))
            {
                if (!_messages.TryGetValue((from, tag), out var queue))
                    _messages.Add((from, tag), queue = new Queue<ReadOnlyMemory<byte>>(1));
                queue.Enqueue(bytes);
            }
        }

        waiter?.TrySetResult(bytes);
    }

    /// <summary>The next message of a member under a tag.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> TakeAsync(
        int from, int tag, Func<Exception> left, CancellationToken cancellation)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_messages.TryGetValue((from, tag), out var queue))
            {
                var bytes = queue.Dequeue();
                if (queue.Count == 0)
                    _messages.Remove((from, tag));
                return bytes;
            }

            ThrowIfFailed();
            if (_leftRanks.Contains(from))
                throw left();
            waiter = new Waiter();
            if (!_waiting.TryAdd((from, tag), waiter))
                throw new InvalidOperationException($"Two calls wait for the same message: member {from}, tag {tag}.");
        }

        if (!cancellation.CanBeCanceled)
            return await waiter.Task.ConfigureAwait(false);
        await using var registration = cancellation.UnsafeRegister(
            static (state, token) => ((Waiter)state!).TrySetCanceled(token), waiter).ConfigureAwait(false);
        try
        {
            return await waiter.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                if (_waiting.GetValueOrDefault((from, tag)) == waiter)
                    _waiting.Remove((from, tag));
            }

            throw;
        }
    }

    /// <summary>A member has left in order: who waits for it fails.</summary>
    public void Left(int rank, Func<Exception> left)
    {
        List<Waiter> waiters = [];
        lock (_gate)
        {
            _leftRanks.Add(rank);
            foreach (var (key, waiter) in _waiting)
            {
                // Removing while enumerating is allowed for dictionaries.
                if (key.From == rank && _waiting.Remove(key))
                    waiters.Add(waiter);
            }
        }

        foreach (var waiter in waiters)
            waiter.TrySetException(left());
    }

    /// <summary>The group has failed: every pending and later call fails. Only the first failure counts.</summary>
    public void Fail(Func<Exception> failure)
    {
        Waiter[] waiters;
        lock (_gate)
        {
            _failure ??= failure;
            waiters = [.. _waiting.Values];
            _waiting.Clear();
            _messages.Clear();
        }

        foreach (var waiter in waiters)
            waiter.TrySetException(_failure());
    }
}
