using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Machine;

namespace TaskGraph.Worker.Server;

/// <summary>The data connections to other workers, one per address, dialled when first needed.</summary>
internal sealed class PeerConnections(
    string ownAddress, string name, ConnectionOptions options, ILogger logger) : IAsyncDisposable
{
    // As long as the scheduler waits for a silent worker: then the values come another way.
    private static readonly TimeSpan s_silenceLimit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Lazy<Task<PeerConnection>>> _connections = new();
    private readonly CancellationTokenSource _closing = new();

    /// <summary>A connection to a peer has ended: address and reason.</summary>
    public event Action<string, string>? Lost;

    /// <summary>The connection to a peer.</summary>
    /// <exception cref="TaskGraphException">The peer cannot be reached.</exception>
    public async Task<PeerConnection> GetAsync(string address, CancellationToken cancellation = default)
    {
        while (true)
        {
            var entry = _connections.GetOrAdd(
                address, static (at, self) => new Lazy<Task<PeerConnection>>(() => self.Dial(at)), this);
            try
            {
                var connection = await entry.Value.WaitAsync(cancellation).ConfigureAwait(false);
                if (!connection.IsLost)
                    return connection;
            }
            catch (Exception) when (!cancellation.IsCancellationRequested)
            {
                Forget(address, entry);
                throw;
            }

            Forget(address, entry);
        }
    }

    /// <summary>Sends a request for values; <paramref name="ended"/> is called once, whatever happens.</summary>
    public async Task FetchAsync(FetchRequest request, Action<FetchResult> ended)
    {
        PeerConnection connection;
        try
        {
            connection = await GetAsync(request.Peer.Address, _closing.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TaskGraphException or OperationCanceledException)
        {
            if (!_closing.IsCancellationRequested)
                logger.LogWarning("{Count} inputs wait: {Reason}", request.Tasks.Count, e.Message);
            ended(new FetchResult(request.Id, request.Tasks.Count));
            return;
        }

        connection.Ask(request, ended);
    }

    /// <summary>The scheduler says that the worker at this address is gone: requests to it fail at once.</summary>
    public void Abort(string address, string reason)
    {
        if (_connections.TryGetValue(address, out var entry) && entry.IsValueCreated
            && entry.Value.IsCompletedSuccessfully)
            entry.Value.Result.Connection.Abort(reason);
    }

    /// <summary>Cuts connections whose peers owe answers and are silent.</summary>
    public void CheckSilence()
    {
        foreach (var entry in _connections.Values)
        {
            if (entry.IsValueCreated && entry.Value.IsCompletedSuccessfully)
                entry.Value.Result.CheckSilence(s_silenceLimit);
        }
    }

    /// <summary>Closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        var closings = new List<Task>();
        foreach (var entry in _connections.Values)
        {
            if (entry.IsValueCreated && entry.Value.IsCompletedSuccessfully)
                closings.Add(entry.Value.Result.Connection.DisposeAsync().AsTask());
        }

        await Task.WhenAll(closings).ConfigureAwait(false);
    }

    // Without the caller's ambient values: the connection outlives the task that happened to need it first.
    private Task<PeerConnection> Dial(string address)
    {
        using (ExecutionContext.SuppressFlow())
            return Task.Run(() => DialAsync(address));
    }

    private async Task<PeerConnection> DialAsync(string address)
    {
        var hello = new Hello
        {
            Role = PeerRole.Data,
            Name = name,
            DataAddress = ownAddress,
            ProcessId = Environment.ProcessId,
        };
        var connection = await Connection.ConnectAsync(Address.Parse(address), hello, options, _closing.Token)
            .ConfigureAwait(false);
        var peer = new PeerConnection(address, connection);
        _ = ReceiveAsync(peer);
        return peer;
    }

    private async Task ReceiveAsync(PeerConnection peer)
    {
        var reason = await peer.ReceiveAsync().ConfigureAwait(false);
        if (_connections.TryGetValue(peer.Address, out var entry) && entry.Value.IsCompletedSuccessfully
            && ReferenceEquals(entry.Value.Result, peer))
        {
            Forget(peer.Address, entry);
        }

        Lost?.Invoke(peer.Address, reason);
        await peer.Connection.DisposeAsync().ConfigureAwait(false);
    }

    private void Forget(string address, Lazy<Task<PeerConnection>> entry) =>
        _connections.TryRemove(new KeyValuePair<string, Lazy<Task<PeerConnection>>>(address, entry));
}
