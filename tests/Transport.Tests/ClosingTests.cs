using System.Net.Sockets;
using TaskGraph.Messages;

namespace TaskGraph.Transport.Tests;

public sealed class ClosingTests
{
    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task What_is_pending_arrives_before_the_orderly_end(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync();
        for (var i = 0; i < 5000; i++)
            dialled.Write(new Goodbye { Reason = $"reason {i}" });
        var closing = dialled.DisposeAsync();
        var received = new List<Message>();
        while (await accepted.ReceiveAsync(received))
        {
        }

        await closing;
        Assert.Equal(5000, received.Count);
        Assert.False(await accepted.ReceiveAsync(received));
        accepted.Write(new Heartbeat());
        accepted.Flush();
        Assert.Equal(0, accepted.PendingBytes);
        await accepted.DisposeAsync();
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task Closing_ends_this_sides_own_receive_with_false(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync();
        var receiving = dialled.ReceiveAsync([]).AsTask();
        await dialled.DisposeAsync();
        Assert.False(await receiving);
        Assert.False(await dialled.ReceiveAsync([]));
        Assert.False(await accepted.ReceiveAsync([]));
        await accepted.DisposeAsync();
        await accepted.DisposeAsync();
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task A_closed_connection_receives_no_more_even_if_nobody_was_receiving(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync();
        await dialled.DisposeAsync();
        Assert.False(await dialled.ReceiveAsync([]));
        Assert.False(await accepted.ReceiveAsync([]));
        await accepted.DisposeAsync();
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    [InlineData("inproc://aborts")]
    public async Task An_abort_is_reported_once_on_both_sides_and_writing_stays_harmless(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync();
        var receiving = dialled.ReceiveAsync([]).AsTask();
        dialled.Abort("silent for 10 s");
        var mine = await Assert.ThrowsAsync<ConnectionLostException>(() => receiving);
        Assert.Equal("silent for 10 s", mine.Reason);
        Assert.Contains(peers.Listener.Address.ToString(), mine.Message);
        await Assert.ThrowsAsync<ConnectionLostException>(async () => await accepted.ReceiveAsync([]));
        foreach (var connection in new[] { dialled, accepted })
        {
            Assert.False(await connection.ReceiveAsync([]));
            connection.Write(new Heartbeat());
            connection.Flush();
            connection.Abort("again");
            await connection.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(TestPeers.Tcp, false)]
    [InlineData(TestPeers.Unix, false)]
    [InlineData(TestPeers.Tcp, true)]
    [InlineData(TestPeers.Unix, true)]
    [InlineData("inproc://busy-closing", true)]
    public async Task Closing_amid_traffic_both_ways_is_orderly_for_both(string address, bool bothClose)
    {
        await using var peers = TestPeers.Listen(address);
        for (var round = 0; round < 50; round++)
        {
            var (dialled, accepted) = await peers.ConnectAsync();
            var underWay = new TaskCompletionSource();
            var receiving = new[] { ReceiveToEndAsync(dialled, underWay), ReceiveToEndAsync(accepted, underWay) };
            var writing = new[] { Task.Run(() => WriteToEnd(dialled)), Task.Run(() => WriteToEnd(accepted)) };
            await underWay.Task;
            await Task.WhenAll(
                dialled.DisposeAsync().AsTask(), bothClose ? accepted.DisposeAsync().AsTask() : Task.CompletedTask);
            await Task.WhenAll(receiving);
            await Task.WhenAll(writing);
            await accepted.DisposeAsync();
        }

        static async Task ReceiveToEndAsync(Connection connection, TaskCompletionSource underWay)
        {
            var messages = new List<Message>();
            while (await connection.ReceiveAsync(messages))
            {
                messages.Clear();
                underWay.TrySetResult();
            }
        }

        static void WriteToEnd(Connection connection)
        {
            for (var i = 0; i < 500; i++)
            {
                connection.Write(new GroupData { Tag = i, Attachments = i % 20 == 0 ? [new byte[5000]] : [] });
                connection.Flush();
            }
        }
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task A_peer_that_vanishes_without_leave_is_a_loss(string address)
    {
        await using var peers = TestPeers.Listen(address);
        using var peer = await RawPeer.IntroduceAsync(peers);
        peer.Socket.Shutdown(SocketShutdown.Send);
        var error = await Assert.ThrowsAsync<ConnectionLostException>(async () => await peer.Accepted.ReceiveAsync([]));
        Assert.Contains("without taking leave", error.Message);
        Assert.False(await peer.Accepted.ReceiveAsync([]));
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task Bytes_that_break_the_protocol_cut_the_connection_and_are_reported_once(string address)
    {
        await using var peers = TestPeers.Listen(address);
        using var peer = await RawPeer.IntroduceAsync(peers);
        await peer.Socket.SendAsync(new byte[100]);
        var error = await Assert.ThrowsAsync<ProtocolException>(async () => await peer.Accepted.ReceiveAsync([]));
        Assert.Contains("layout 0", error.Message);
        Assert.Contains(peer.Accepted.RemoteAddress.ToString(), error.Message);
        Assert.False(await peer.Accepted.ReceiveAsync([]));
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task Writing_to_a_peer_that_has_reset_the_connection_is_harmless_and_the_loss_is_reported_once(string address)
    {
        await using var peers = TestPeers.Listen(address);
        using var peer = await RawPeer.IntroduceAsync(peers);
        peer.Socket.LingerState = new LingerOption(true, 0);
        peer.Socket.Close();
        for (var i = 0; i < 100; i++)
        {
            peer.Accepted.Write(new Heartbeat());
            peer.Accepted.Flush();
        }

        await Assert.ThrowsAsync<ConnectionLostException>(async () => await peer.Accepted.ReceiveAsync([]));
        Assert.False(await peer.Accepted.ReceiveAsync([]));
        Assert.Equal(0, peer.Accepted.PendingBytes);
        await peer.Accepted.DisposeAsync();
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task A_peer_that_does_not_read_never_blocks_writing(string address)
    {
        await using var peers = TestPeers.Listen(address);
        using var peer = await RawPeer.IntroduceAsync(peers);
        var message = new FunctionResult { Value = new byte[500_000] };
        for (var i = 0; i < 200; i++)
        {
            peer.Accepted.Write(message);
            peer.Accepted.Flush();
        }

        Assert.True(peer.Accepted.PendingBytes > 0);
        peer.Accepted.Abort("enough");
        Assert.Equal(0, peer.Accepted.PendingBytes);
        await peer.Accepted.DisposeAsync();
    }
}
