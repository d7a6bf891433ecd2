using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>Values asked of workers and put on them.</summary>
internal sealed class DataLinks(Hello hello) : IAsyncDisposable
{
    private readonly WorkerLinks<DataLink> _links =
        new(address => DataLink.ConnectAsync(address, hello, CancellationToken.None));

    /// <summary>
    /// Asks the worker at <paramref name="address"/> for values; its absence is an answer, not an exception.
    /// </summary>
    public async Task GetAsync(string address, DataRequest request, CancellationToken cancellation)
    {
        try
        {
            var link = await _links.FindAsync(address).WaitAsync(cancellation).ConfigureAwait(false);
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
        var link = await _links.FindAsync(address).WaitAsync(cancellation).ConfigureAwait(false);
        return await link.PutAsync(task, payload, cancellation).ConfigureAwait(false);
    }

    /// <summary>The worker is gone, as the scheduler says: whoever waits for it need not wait for the network to notice.</summary>
    public void Abandon(string address, string reason) => _links.Abandon(address, reason);

    public ValueTask DisposeAsync() => _links.DisposeAsync();
}
