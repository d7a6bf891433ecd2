using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>A flag by name that all clients and tasks of a cluster share.</summary>
public sealed class DistributedEvent
{
    private readonly Client _client;

    internal DistributedEvent(Client client, string name)
    {
        _client = client;
        Name = name;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Sets the flag: all who wait go on.</summary>
    public Task SetAsync(CancellationToken cancellationToken = default)
        => _client.SignalAsync(Name, SharedOperation.Put, TimeSpan.Zero, cancellationToken);

    /// <summary>Unsets the flag.</summary>
    public Task ClearAsync(CancellationToken cancellationToken = default)
        => _client.SignalAsync(Name, SharedOperation.Clear, TimeSpan.Zero, cancellationToken);

    /// <summary>Waits until the flag is set.</summary>
    /// <param name="timeout">The longest wait; null = no limit, zero = none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="TimeoutException">Nobody set it in time.</exception>
    public Task WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        => _client.SignalAsync(Name, SharedOperation.Get, timeout, cancellationToken);

    /// <summary>Whether the flag is set.</summary>
    public async Task<bool> IsSetAsync(CancellationToken cancellationToken = default)
        => await _client.CountAsync(SharedKind.Event, Name, cancellationToken).ConfigureAwait(false) > 0;
}
