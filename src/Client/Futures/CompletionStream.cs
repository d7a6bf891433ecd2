using System.Threading.Channels;

namespace TaskGraph;

/// <summary>
/// Futures in the order in which they end, well or not, to which more can be added while it is read: the loop over a
/// search that grows. Reading ends when every future added has been handed out. For one reader; adding is safe from
/// any thread.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class CompletionStream<T> : IAsyncEnumerable<Future<T>>
{
    private readonly Client _client;
    private readonly Channel<Future<T>> _ended = Channel.CreateUnbounded<Future<T>>();
    private int _count;

    internal CompletionStream(Client client) => _client = client;

    /// <summary>How many futures have been added and not been handed out yet.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a future; one that has ended already is handed out at once.</summary>
    /// <exception cref="ArgumentException">The future belongs to another client.</exception>
    public void Add(Future<T> future)
    {
        ArgumentNullException.ThrowIfNull(future);
        if (!ReferenceEquals(future.Client, _client))
            throw new ArgumentException("The future belongs to another client: wait through the one that holds it.");
        Interlocked.Increment(ref _count);
        _client.ObserveEnd(future.Handle, future.Slot, new Watcher(_ended.Writer, future));
    }

    /// <summary>Adds futures, in order.</summary>
    public void Add(IEnumerable<Future<T>> futures)
    {
        ArgumentNullException.ThrowIfNull(futures);
        foreach (var future in futures)
            Add(future);
    }

    /// <summary>Reads until none is left; may be called again after more have been added.</summary>
    public async IAsyncEnumerator<Future<T>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (Count > 0)
        {
            if (!_ended.Reader.TryRead(out var future))
            {
                Client.SecedeIfTask();
                future = await _ended.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }

            Interlocked.Decrement(ref _count);
            yield return future;
        }
    }

    /// <summary>Holds the future: one that is watched is not collected.</summary>
    private sealed class Watcher(ChannelWriter<Future<T>> ended, Future<T> future) : IFutureObserver
    {
        public void On(FutureSet set, int slot, FutureNews news) => ended.TryWrite(future);
    }
}
