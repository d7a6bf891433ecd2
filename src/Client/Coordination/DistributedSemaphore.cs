using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// At most so many leases at once, among all clients and tasks of a cluster. Those who wait get theirs in the order of
/// their coming.
/// </summary>
public sealed class DistributedSemaphore
{
    private readonly Client _client;
    private readonly TimeSpan _leaseDuration;

    internal DistributedSemaphore(Client client, string name, int maxLeases, TimeSpan leaseDuration)
    {
        _client = client;
        Name = name;
        MaxLeases = maxLeases;
        _leaseDuration = leaseDuration;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>How many leases there are; fixed by whoever acquires first.</summary>
    public int MaxLeases { get; }

    /// <summary>Waits for a lease.</summary>
    /// <param name="timeout">The longest wait; null = no limit, zero = none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="TimeoutException">None was free in time.</exception>
    /// <exception cref="CoordinationException">The semaphore was made with another number of leases.</exception>
    public Task<DistributedLease> AcquireAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        => _client.AcquireAsync(SharedKind.Semaphore, Name, MaxLeases, _leaseDuration, timeout, cancellationToken);

    /// <summary>How many leases are out.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken = default)
        => (int)await _client.CountAsync(SharedKind.Semaphore, Name, cancellationToken).ConfigureAwait(false);

    /// <summary>Forgets the semaphore and its number of leases.</summary>
    /// <exception cref="CoordinationException">Leases are out, or somebody waits for one.</exception>
    public Task DeleteAsync(CancellationToken cancellationToken = default)
        => _client.DeleteAsync(SharedKind.Semaphore, Name, cancellationToken);
}
