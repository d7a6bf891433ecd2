using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace TaskGraph.Tests.Faults;

/// <summary>A socket that speaks bytes to a server: for what no proper peer would do.</summary>
internal static class RawDialler
{
    private const int HeaderBytes = 32;
    private const int LayoutOffset = 6;

    /// <summary>The eight bytes with which every connection begins.</summary>
    public static byte[] Magic { get; } = [0x89, .. "TGRAPH\n"u8];

    public static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    /// <summary>A frame's header that announces a body of <paramref name="length"/> bytes, and whatever checksum.</summary>
    public static byte[] Header(uint length)
    {
        var header = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, length);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(LayoutOffset), 1);
        return header;
    }

    /// <summary>Completes when the other side has closed or reset the connection.</summary>
    public static async Task ClosedAsync(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // A reset is a close as well.
        }
    }
}
