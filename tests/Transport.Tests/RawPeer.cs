using System.Net;
using System.Net.Sockets;
using TaskGraph.Messages;
using TaskGraph.Transport.Frames;
using TaskGraph.Transport.Tests.Frames;

namespace TaskGraph.Transport.Tests;

/// <summary>A peer that speaks bytes: for what no proper peer would do.</summary>
internal sealed class RawPeer : IDisposable
{
    private RawPeer(Socket socket, Connection accepted)
    {
        Socket = socket;
        Accepted = accepted;
    }

    public Socket Socket { get; }

    public Connection Accepted { get; }

    /// <summary>A socket connected to the listener that has sent nothing.</summary>
    public static async Task<Socket> DialAsync(Listener listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, listener.Address.Port));
        return socket;
    }

    /// <summary>A peer that has introduced itself and was welcomed; the welcome is not read.</summary>
    public static async Task<RawPeer> IntroduceAsync(TestPeers peers)
    {
        var socket = await DialAsync(peers.Listener);
        await socket.SendAsync(FrameBytes.Of(new Hello { Session = FrameBytes.Session }));
        var pending = await peers.NextAsync();
        return new RawPeer(socket, await pending.WelcomeAsync(new Welcome()));
    }

    /// <summary>All bytes that come until the other side closes, or a reset.</summary>
    public static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        var all = new MemoryStream();
        await using var stream = new NetworkStream(socket);
        try
        {
            await stream.CopyToAsync(all);
        }
        catch (IOException)
        {
            // A reset ends it too.
        }

        return all.ToArray();
    }

    public void Dispose()
    {
        Socket.Dispose();
        Accepted.Abort("the test is over");
    }
}
