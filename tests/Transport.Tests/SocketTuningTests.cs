using System.Net;
using System.Net.Sockets;
using TaskGraph.Transport.Links;

namespace TaskGraph.Transport.Tests;

public sealed class SocketTuningTests
{
    [Fact]
    public void A_peer_whose_machine_is_gone_is_noticed_within_half_a_minute_with_bytes_to_send_or_without()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndPoint!);
        SocketTuning.ForMessages(socket);

        Assert.NotEqual(0, (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
        Assert.Equal((10, 5, 4), (
            Tcp(SocketOptionName.TcpKeepAliveTime), Tcp(SocketOptionName.TcpKeepAliveInterval),
            Tcp(SocketOptionName.TcpKeepAliveRetryCount)));
        if (!OperatingSystem.IsLinux())
            return;
        const int TcpUserTimeout = 18;
        var bytes = new byte[sizeof(int)];
        socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, TcpUserTimeout, bytes);
        Assert.Equal(30_000, BitConverter.ToInt32(bytes));

        int Tcp(SocketOptionName name) => (int)socket.GetSocketOption(SocketOptionLevel.Tcp, name)!;
    }
}
