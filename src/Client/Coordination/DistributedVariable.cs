using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// One value by name that all clients and tasks of a cluster share: of at most 128 KiB, or a future, whose task is kept
/// while it is in it.
/// </summary>
/// <typeparam name="T">The type of the value; <c>Future&lt;R&gt;</c> for futures.</typeparam>
public sealed class DistributedVariable<T>
{
    private readonly Client _client;

    internal DistributedVariable(Client client, string name)
    {
        _client = client;
        Name = name;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Sets the value, in place of an earlier one.</summary>
    /// <exception cref="ArgumentException">The value is too large; set a future of it instead.</exception>
    public Task SetAsync(T value, CancellationToken cancellationToken = default)
        => _client.PutAsync(SharedKind.Variable, Name, value, 0, null, cancellationToken);

    /// <summary>Reads the value, waiting until it is set.</summary>
    /// <param name="timeout">The longest wait; null = no limit, zero = none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="TimeoutException">Nobody set it in time.</exception>
    public async Task<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        => (await _client.GetAsync<T>(SharedKind.Variable, Name, 1, timeout, cancellationToken)
            .ConfigureAwait(false))[0];

    /// <summary>Forgets the value: readers wait again.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken = default)
        => _client.DeleteAsync(SharedKind.Variable, Name, cancellationToken);
}
