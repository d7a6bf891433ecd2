using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace TaskGraph;

/// <summary>
/// Futures in the order in which they end, well or not, to which more can be added while it is read: the loop over a
/// search that grows. Reading ends when every future added has been handed out. For one reader; adding is safe from
/// any thread. When the scheduler is lost, reading throws <see cref="SchedulerLostException"/> after what had ended.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class CompletionStream<T> : IAsyncEnumerable<Future<T>>
{
    private readonly Client _client;
    private readonly Channel<Future<T>> _ended = Channel.CreateUnbounded<Future<T>>();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan _limit;
    private int _count;

    internal CompletionStream(Client client, TimeSpan? limit)
    {
        _client = client;
        _limit = limit ?? Timeout.InfiniteTimeSpan;
    }

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
    /// <exception cref="TimeoutException">The stream's time limit has passed.</exception>
    public async IAsyncEnumerator<Future<T>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (Count > 0)
            yield return await NextAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads until none is left, each time all that have ended by then: at least one.</summary>
    /// <param name="cancellationToken">Gives up waiting; the tasks go on.</param>
    /// <exception cref="TimeoutException">The stream's time limit has passed.</exception>
    public async IAsyncEnumerable<IReadOnlyList<Future<T>>> BatchesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (Count > 0)
        {
            List<Future<T>> batch = [await NextAsync(cancellationToken).ConfigureAwait(false)];
            // What is lost with the scheduler is thrown when those that have ended before have been handed out.
            while (_ended.Reader.TryPeek(out var future) && !_client.IsLostWithScheduler(future.Handle, future.Slot))
            {
                _ended.Reader.TryRead(out _);
                Interlocked.Decrement(ref _count);
                batch.Add(future);
            }

            yield return batch;
        }
    }

    /// <summary>Reads until none is left, each future with its value.</summary>
    /// <param name="errors">What to do about futures without a value: throw, or leave them out.</param>
    /// <param name="cancellationToken">Gives up waiting; the tasks go on.</param>
    /// <exception cref="TaskFailedException">A task has failed, and <paramref name="errors"/> says to throw.</exception>
    /// <exception cref="TimeoutException">The stream's time limit has passed.</exception>
    public async IAsyncEnumerable<(Future<T> Future, T Value)> ValuesAsync(
        GatherErrors errors = GatherErrors.Throw, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (Count > 0)
        {
            var future = await NextAsync(cancellationToken).ConfigureAwait(false);
            T[] value = await _client.GatherAsync([future], errors, cancellationToken).ConfigureAwait(false);
            if (value.Length > 0)
                yield return (future, value[0]);
        }
    }

    private async ValueTask<Future<T>> NextAsync(CancellationToken cancellation)
    {
        Future<T>? future;
        while (!_ended.Reader.TryRead(out future))
        {
            Client.SecedeIfTask();
            var there = _ended.Reader.WaitToReadAsync(cancellation).AsTask();
            var left = _limit == Timeout.InfiniteTimeSpan ? _limit : _limit - Stopwatch.GetElapsedTime(_start);
            if (left < TimeSpan.Zero && left != Timeout.InfiniteTimeSpan)
                throw TimeIsUp();
            try
            {
                await there.WaitAsync(left, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                throw TimeIsUp();
            }
        }

        Interlocked.Decrement(ref _count);
        _client.ThrowIfSchedulerLost(future.Handle, future.Slot);
        return future;
    }

    private TimeoutException TimeIsUp() => new($"{Count} of the futures had not ended within {_limit}.");

    /// <summary>Holds the future: one that is watched is not collected.</summary>
    private sealed class Watcher(ChannelWriter<Future<T>> ended, Future<T> future) : IFutureObserver
    {
        public void On(FutureSet set, int slot, FutureNews news) => ended.TryWrite(future);
    }
}
