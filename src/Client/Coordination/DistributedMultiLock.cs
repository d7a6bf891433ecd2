using System.Diagnostics;

namespace TaskGraph;

/// <summary>
/// Several locks at once: all of them are held, or none. They are taken in the order of their names, whoever asks, so
/// that two who want some of the same locks cannot wait for each other.
/// </summary>
public sealed class DistributedMultiLock
{
    private readonly DistributedLock[] _locks;

    internal DistributedMultiLock(DistributedLock[] locks) => _locks = locks;

    /// <summary>The names, in the order in which they are taken.</summary>
    public IReadOnlyList<string> Names => Array.ConvertAll(_locks, static one => one.Name);

    /// <summary>Waits for all locks and takes them.</summary>
    /// <param name="timeout">The longest wait for all together; null = no limit, zero = none.</param>
    /// <param name="cancellationToken">Gives up waiting; what has been taken is given back.</param>
    /// <exception cref="TimeoutException">They were not all free in time; none is held.</exception>
    public async Task<DistributedMultiLease> AcquireAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var start = Stopwatch.GetTimestamp();
        var leases = new List<DistributedLease>(_locks.Length);
        try
        {
            foreach (var next in _locks)
            {
                var left = timeout is { } limit && limit != Timeout.InfiniteTimeSpan
                    ? Max(limit - Stopwatch.GetElapsedTime(start))
                    : timeout;
                leases.Add(await next.AcquireAsync(left, cancellationToken).ConfigureAwait(false));
            }
            return new DistributedMultiLease([.. leases]);
        }
        catch
        {
            await new DistributedMultiLease([.. leases]).DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static TimeSpan Max(TimeSpan left) => left > TimeSpan.Zero ? left : TimeSpan.Zero;
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
