using TaskGraph.Transport;

namespace TaskGraph;

/// <summary>A client's own connection to one worker.</summary>
internal interface IWorkerLink : IAsyncDisposable
{
    /// <summary>Whether the connection still stands.</summary>
    bool IsAlive { get; }

    /// <summary>Ends the connection at once: whoever waits for an answer need not wait for the network to notice.</summary>
    void Abandon(string reason);
}

/// <summary>One connection per worker, dialled when first needed, and again when it was cut.</summary>
/// <param name="dial">Connects to the worker at an address.</param>
internal sealed class WorkerLinks<TLink>(Func<Address, Task<TLink>> dial) : IAsyncDisposable
    where TLink : IWorkerLink
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<TLink>> _links = new(StringComparer.Ordinal);

    /// <summary>The connection to the worker at <paramref name="address"/>.</summary>
    /// <exception cref="TaskGraphException">The worker cannot be reached.</exception>
    public Task<TLink> FindAsync(string address)
    {
        lock (_gate)
        {
            if (_links.TryGetValue(address, out var known)
                && !known.IsFaulted && (!known.IsCompletedSuccessfully || known.Result.IsAlive))
                return known;
            var link = dial(Address.Parse(address));
            _links[address] = link;
            return link;
        }
    }

    /// <summary>The worker is gone, as the scheduler says.</summary>
    public void Abandon(string address, string reason)
    {
        Task<TLink>? link;
        lock (_gate)
            _links.Remove(address, out link);
        // One that is being dialled still ends by its time limit.
        if (link is { IsCompletedSuccessfully: true })
            link.Result.Abandon(reason);
    }

    public async ValueTask DisposeAsync()
    {
        Task<TLink>[] links;
        lock (_gate)
        {
            links = [.. _links.Values];
            _links.Clear();
        }
        foreach (var dialling in links)
        {
            try
            {
                await (await dialling.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }
            catch (TaskGraphException)
            {
                // It never stood: there is nothing to close.
            }
        }
    }
}
