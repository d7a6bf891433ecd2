using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// A lock by name that all clients and tasks of a cluster share. It is held through a lease: see
/// <see cref="DistributedLease"/>. Not re-entrant; those who wait get it in the order of their coming.
/// </summary>
public sealed class DistributedLock
{
    private readonly Client _client;
    private readonly TimeSpan _leaseDuration;

    internal DistributedLock(Client client, string name, TimeSpan leaseDuration)
    {
        _client = client;
        Name = name;
        _leaseDuration = leaseDuration;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Waits for the lock and takes it.</summary>
    /// <param name="timeout">The longest wait; null = no limit, zero = none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="TimeoutException">It was not free in time.</exception>
    public Task<DistributedLease> AcquireAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        => _client.AcquireAsync(SharedKind.Lock, Name, 1, _leaseDuration, timeout, cancellationToken);

    /// <summary>Whether anybody holds it.</summary>
    public async Task<bool> IsLockedAsync(CancellationToken cancellationToken = default)
        => await _client.CountAsync(SharedKind.Lock, Name, cancellationToken).ConfigureAwait(false) > 0;
}
