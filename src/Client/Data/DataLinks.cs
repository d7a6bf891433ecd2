using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph;

/// <summary>The client's data connections, one per worker, dialled when first needed.</summary>
internal sealed class DataLinks(Hello hello) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<DataLink>> _links = new(StringComparer.Ordinal);

    /// <summary>
    /// Asks the worker at <paramref name="address"/> for values; its absence is an answer, not an exception.
    /// </summary>
    public async Task GetAsync(string address, DataRequest request, CancellationToken cancellation)
    {
        try
        {
            var link = await FindAsync(address).WaitAsync(cancellation).ConfigureAwait(false);
            await link.GetAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (TaskGraphException e)
        {
            request.Fail(e.Message);
        }
    }

    /// <summary>Puts a value on the worker at <paramref name="address"/>; returns its bytes there.</summary>
    public async Task<long> PutAsync(string address, TaskId task, Payload payload, CancellationToken cancellation)
    {
        var link = await FindAsync(address).WaitAsync(cancellation).ConfigureAwait(false);
        return await link.PutAsync(task, payload, cancellation).ConfigureAwait(false);
    }

    /// <summary>The worker is gone, as the scheduler says: whoever waits for it need not wait for the network to notice.</summary>
    public void Abandon(string address, string reason)
    {
        Task<DataLink>? link;
        lock (_gate)
            _links.Remove(address, out link);
        // One that is being dialled still ends by its time limit.
        if (link is { IsCompletedSuccessfully: true })
            link.Result.Abandon(reason);
    }

    public async ValueTask DisposeAsync()
    {
        Task<DataLink>[] links;
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

    private Task<DataLink> FindAsync(string address)
    {
        lock (_gate)
        {
            if (_links.TryGetValue(address, out var known)
                && !known.IsFaulted && (!known.IsCompletedSuccessfully || known.Result.IsAlive))
                return known;
            var link = DataLink.ConnectAsync(Address.Parse(address), hello, CancellationToken.None);
            _links[address] = link;
            return link;
        }
    }
}
