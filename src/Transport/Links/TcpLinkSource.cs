using System.Net;
using System.Net.Sockets;

namespace TaskGraph.Transport.Links;

/// <summary>Links over TCP.</summary>
internal sealed class TcpLinkSource : ILinkSource
{
    private const int Backlog = 1024;

    private readonly Socket _listener;

    private TcpLinkSource(Socket listener, Address address)
    {
        _listener = listener;
        Address = address;
    }

    public Address Address { get; }

    /// <summary>Binds and listens.</summary>
    /// <exception cref="ListenException">The address is in use, not ours, or unknown.</exception>
    public static TcpLinkSource Start(Address bind)
    {
        Socket? listener = null;
        try
        {
            var endPoint = new IPEndPoint(Resolve(bind.Host), bind.Port);
            listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(endPoint);
            listener.Listen(Backlog);
            return new TcpLinkSource(listener, bind with { Port = ((IPEndPoint)listener.LocalEndPoint!).Port });
        }
        catch (SocketException e)
        {
            listener?.Dispose();
            throw new ListenException(bind, $"{Sentence.Of(e)}.", e);
        }
    }

    /// <summary>Dials.</summary>
    public static async Task<Link> ConnectAsync(
        Address to, bool receivesOnCallingThread, CancellationToken cancellationToken)
    {
        var literal = IPAddress.TryParse(to.Host, out var ip);
        var socket = literal
            ? new Socket(ip!.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            EndPoint endPoint = literal ? new IPEndPoint(ip!, to.Port) : new DnsEndPoint(to.Host, to.Port);
            if (receivesOnCallingThread)
                await ConnectOnThreadAsync(socket, endPoint, cancellationToken).ConfigureAwait(false);
            else
                await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            SocketTuning.ForMessages(socket);
            return new Link(new NetworkStream(socket, ownsSocket: true), socket, to, receivesOnCallingThread);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask<Link> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = await _listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                SocketTuning.ForMessages(socket);
                return new Link(new NetworkStream(socket, ownsSocket: true), socket, Address.Of(socket.RemoteEndPoint));
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // The peer has gone again already.
                socket.Dispose();
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private static async Task ConnectOnThreadAsync(Socket socket, EndPoint to, CancellationToken cancellationToken)
    {
        using var early = cancellationToken.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), socket);
        try
        {
            await OwnThread.Run(() => { socket.Connect(to); return true; }).ConfigureAwait(false);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("Connecting was given up.", e, cancellationToken);
        }
    }

    private static IPAddress Resolve(string host)
    {
        if (IPAddress.TryParse(host, out var ip))
            return ip;
        var all = Dns.GetHostAddresses(host);
        var v4 = Array.Find(all, a => a.AddressFamily == AddressFamily.InterNetwork);
        return v4 ?? (all.Length > 0 ? all[0] : throw new SocketException((int)SocketError.HostNotFound));
    }
}
