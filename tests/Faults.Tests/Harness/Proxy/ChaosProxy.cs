using System.Net;
using System.Net.Sockets;

namespace TaskGraph.Tests.Faults;

/// <summary>
/// A TCP proxy that hurts what passes through it, each direction apart: delay, bandwidth, silence (one-way if wanted), resets,
/// flipped bits, small slices, and whole frames said twice or in another order. Settings hold from the moment they are set.
/// </summary>
internal sealed class ChaosProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ProxiedLink> _links = [];
    private readonly int _target;
    private readonly Task _accepting;

    private ChaosProxy(int target)
    {
        _target = target;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>From those who dial the proxy to the target.</summary>
    public Toxics Upward { get; } = new();

    /// <summary>From the target to those who dial.</summary>
    public Toxics Downward { get; } = new();

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public string Address => $"tcp://127.0.0.1:{Port}";

    /// <summary>How many connections have been made through it.</summary>
    public int Connections
    {
        get
        {
            lock (_links)
                return _links.Count;
        }
    }

    /// <summary>A proxy in front of a port of this machine.</summary>
    public static ChaosProxy Start(int target) => new(target);

    /// <summary>Both ends of every connection get a reset, as when a router loses its table.</summary>
    public void ResetAll()
    {
        foreach (var link in Links())
            link.Reset();
    }

    /// <summary>
    /// The connections of now say nothing more in either direction and stay open; new ones work: a half-open connection.
    /// </summary>
    public void MuteConnectionsOfNow()
    {
        foreach (var link in Links())
            link.Mute();
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        foreach (var link in Links())
            link.Reset();
        foreach (var link in Links())
            await link.Ended;
    }

    private ProxiedLink[] Links()
    {
        lock (_links)
            return [.. _links];
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var dialler = await _listener.AcceptAsync(_stop.Token);
                var target = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                dialler.NoDelay = true;
                try
                {
                    await target.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                }
                catch (SocketException)
                {
                    // Nobody listens behind the proxy just now: the dialler sees the same.
                    dialler.Close(0);
                    continue;
                }
                lock (_links)
                    _links.Add(new ProxiedLink(dialler, target, Upward, Downward));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                if (e is not SocketException)
                    return;
            }
        }
    }
}
