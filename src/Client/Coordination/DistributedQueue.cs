using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// A first-in, first-out queue by name that all clients and tasks of a cluster share. It takes values of at most
/// 128 KiB, and futures (<typeparamref name="T"/> = <c>Future&lt;R&gt;</c> or an array of them), whose tasks are kept
/// while they are in it. A value goes to one taker; one that dies with it takes it along.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class DistributedQueue<T>
{
    private readonly Client _client;
    private readonly int _maxSize;

    internal DistributedQueue(Client client, string name, int maxSize)
    {
        _client = client;
        Name = name;
        _maxSize = maxSize;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Appends a value, waiting while the queue is full.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">The longest wait; null = no limit, zero = none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="TimeoutException">The queue stayed full.</exception>
    /// <exception cref="ArgumentException">The value is too large; put a future of it in instead.</exception>
    /// <exception cref="CoordinationException">
    /// The queue was made for another number of values; or the answer was lost with a scheduler that no longer remembers
    /// this client, and whether the value was put is not known.
    /// </exception>
    public Task PutAsync(T value, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        => _client.PutAsync(SharedKind.Queue, Name, value, _maxSize, timeout, cancellationToken);

    /// <summary>Takes the oldest value, waiting while the queue is empty.</summary>
    /// <param name="timeout">The longest wait; null = no limit, zero = none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="TimeoutException">The queue stayed empty.</exception>
    public async Task<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        => (await GetManyAsync(1, timeout, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Takes the oldest values: at least one, waiting for it, and what else is there already.</summary>
    /// <param name="maxCount">How many at most.</param>
    /// <param name="timeout">The longest wait; null = no limit, zero = none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="TimeoutException">The queue stayed empty.</exception>
    public Task<T[]> GetManyAsync(
        int maxCount, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        return _client.GetAsync<T>(SharedKind.Queue, Name, maxCount, timeout, cancellationToken);
    }

    /// <summary>How many values are in it.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken = default)
        => (int)await _client.CountAsync(SharedKind.Queue, Name, cancellationToken).ConfigureAwait(false);

    /// <summary>Empties the queue and forgets its size. Those who wait for values go on waiting.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken = default)
        => _client.DeleteAsync(SharedKind.Queue, Name, cancellationToken);
}
