namespace TaskGraph;

/// <summary>
/// Several locks at once, or any so many of them: the scheduler gives them out in one step, or none. Who waits stands in the
/// line of every lock named, in the order of coming, so that two who want some of the same locks cannot wait for each other.
/// </summary>
public sealed class DistributedMultiLock
{
    private readonly Client _client;
    private readonly string[] _names;
    private readonly TimeSpan _leaseDuration;

    internal DistributedMultiLock(Client client, string[] names, TimeSpan leaseDuration)
    {
        _client = client;
        _names = names;
        _leaseDuration = leaseDuration;
    }

    /// <summary>The names, in ordinal order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Waits for all locks and takes them.</summary>
    /// <param name="timeout">The longest wait; null = no limit, zero = none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="TimeoutException">They were not all free in time; none is held.</exception>
    public Task<DistributedMultiLease> AcquireAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        => AcquireAsync(_names.Length, timeout, cancellationToken);

    /// <summary>Waits for any <paramref name="count"/> of the locks and takes them, the first by name that are free.</summary>
    /// <param name="count">How many.</param>
    /// <param name="timeout">The longest wait; null = no limit, zero = none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="TimeoutException">So many were not free in time; none is held.</exception>
    public async Task<DistributedMultiLease> AcquireAsync(
        int count, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _names.Length);
        return new DistributedMultiLease(await _client.AcquireAnyAsync(
            _names, count, _leaseDuration, timeout, cancellationToken).ConfigureAwait(false));
    }
}

/// <summary>Several locks that are held together. Dispose of it to give them back.</summary>
public sealed class DistributedMultiLease : IAsyncDisposable
{
    private readonly DistributedLease[] _leases;

    internal DistributedMultiLease(DistributedLease[] leases) => _leases = leases;

    /// <summary>The leases, in the order of the locks' names.</summary>
    public IReadOnlyList<DistributedLease> Leases => _leases;

    /// <summary>Whether all hold now, as far as can be known here.</summary>
    public bool IsValid => Array.TrueForAll(_leases, static lease => lease.IsValid);

    /// <summary>Throws if one of them has ended.</summary>
    /// <exception cref="LeaseLostException">It has.</exception>
    public void ThrowIfLost()
    {
        foreach (var lease in _leases)
            lease.ThrowIfLost();
    }

    /// <summary>Gives all back, the last first.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var i = _leases.Length - 1; i >= 0; i--)
            await _leases[i].DisposeAsync().ConfigureAwait(false);
    }
}
