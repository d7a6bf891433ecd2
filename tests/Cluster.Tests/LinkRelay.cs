using System.Net;
using System.Net.Sockets;

namespace TaskGraph.Tests;

/// <summary>Passes TCP connections on to another port, until it cuts them; then it lets nobody in until told.</summary>
internal sealed class LinkRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _port;
    private readonly List<TcpClient> _open = [];
    private bool _isCut;
    private volatile TaskCompletionSource? _hold;

    public LinkRelay(int port)
    {
        _port = port;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that were passed on so far.</summary>
    public int Passed { get; private set; }

    /// <summary>From now on nothing that is said arrives on the other port; what comes from there still does.</summary>
    public void Hold() => _hold = new TaskCompletionSource();

    /// <summary>Ends all connections; new ones end at once until <see cref="Heal"/>.</summary>
    public void Cut()
    {
        lock (_open)
        {
            _isCut = true;
            foreach (var client in _open)
                client.Dispose();
            _open.Clear();
        }

        _hold?.TrySetResult();
    }

    public void Heal()
    {
        lock (_open)
            _isCut = false;
    }

    public void Dispose()
    {
        _listener.Stop();
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = PassAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        var far = new TcpClient();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _port);
            lock (_open)
            {
                if (_isCut)
                    return;
                Passed++;
                _open.Add(near);
                _open.Add(far);
            }

            await Task.WhenAny(
                PassUnlessHeldAsync(near.GetStream(), far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone: so is the other.
        }
        finally
        {
            near.Dispose();
            far.Dispose();
        }
    }

    private async Task PassUnlessHeldAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[1 << 16];
        while (await from.ReadAsync(buffer) is > 0 and var count)
        {
            if (_hold is { } hold)
                await hold.Task;
            await to.WriteAsync(buffer.AsMemory(0, count));
        }
    }
}
