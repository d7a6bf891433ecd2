namespace TaskGraph;

/// <summary>
/// A lock, or a part of a semaphore, that is held. The client renews it with its heartbeats until it is given back; if
/// the client dies or is cut off, it ends after its duration. Dispose of it to give it back.
/// </summary>
public sealed class DistributedLease : IAsyncDisposable
{
    private readonly Client _client;
    private readonly HeldLease _lease;
    private readonly Messages.SharedKind _kind;
    private readonly string _name;
    private int _isGivenBack;

    internal DistributedLease(Client client, HeldLease lease, Messages.SharedKind kind, string name)
    {
        _client = client;
        _lease = lease;
        _kind = kind;
        _name = name;
    }

    /// <summary>A lease that nobody gave back is not renewed for ever: it ends after its duration.</summary>
    ~DistributedLease() => _lease.GiveBack();

    /// <summary>The name of the lock or semaphore.</summary>
    public string Name => _name;

    /// <summary>
    /// The fencing token: larger than those of all leases given out before. A store that refuses writes with a smaller
    /// token than it has seen is safe from holders who do not know yet that their lease has ended.
    /// </summary>
    public long Token => (long)_lease.Token;

    /// <summary>Whether the lease holds now, as far as can be known here.</summary>
    public bool IsValid => _lease.IsValid;

    /// <summary>Cancelled when the lease has ended without having been given back.</summary>
    public CancellationToken Lost => _lease.Lost;

    /// <summary>Throws if the lease has ended.</summary>
    /// <exception cref="LeaseLostException">It has.</exception>
    public void ThrowIfLost()
    {
        if (!_lease.IsValid)
            throw new LeaseLostException(_lease.Label, Token);
    }

    /// <summary>Renews the lease now, beside the heartbeats.</summary>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="LeaseLostException">It has ended.</exception>
    /// <exception cref="SchedulerLostException">The connection was cut meanwhile.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfLost();
        await _client.RenewAsync([_lease], cancellationToken).ConfigureAwait(false);
        ThrowIfLost();
    }

    /// <summary>Gives the lease back.</summary>
    /// <exception cref="LeaseLostException">It had ended before: somebody else may have held it meanwhile.</exception>
    public async Task ReleaseAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isGivenBack, 1) != 0)
            return;
        GC.SuppressFinalize(this);
        _lease.GiveBack();
        await _client.ReleaseLeaseAsync(_kind, _name, _lease, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Gives the lease back. That it had ended before is reported as a <see cref="Client.Warning"/>, since an exception
    /// here would hide another one; <see cref="ReleaseAsync"/> throws it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await ReleaseAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is TaskGraphException or ObjectDisposedException)
        {
            // A client that is gone has given all its leases back.
            if (e is TaskGraphException)
                _client.Warn(e.Message);
        }
    }
}
