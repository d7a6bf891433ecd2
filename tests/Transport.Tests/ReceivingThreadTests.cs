using System.Net;
using System.Net.Sockets;
using TaskGraph.Messages;

namespace TaskGraph.Transport.Tests;

public sealed class ReceivingThreadTests
{
    private static readonly ConnectionOptions s_onThread = new() { ReceivesOnCallingThread = true };

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task Receives_complete_on_the_thread_that_calls(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync(s_onThread);
        var receiving = OwnThread.Run(() =>
        {
            var messages = new List<Message>();
            for (var i = 0; i < 100; i++)
            {
                accepted.Write(new Goodbye { Reason = $"reason {i}" });
                accepted.Flush();
                var one = dialled.ReceiveAsync(messages);
                Assert.True(one.IsCompleted);
                Assert.True(one.GetAwaiter().GetResult());
            }

            return messages.Cast<Goodbye>().Select(static message => message.Reason).ToArray();
        });
        Assert.Equal(Enumerable.Range(0, 100).Select(static i => $"reason {i}"), await receiving);
        await dialled.DisposeAsync();
        await accepted.DisposeAsync();
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task What_the_socket_does_not_take_at_once_arrives_whole(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync(s_onThread);
        byte[] attachment = [.. Enumerable.Range(0, 3 << 20).Select(static i => (byte)i)];
        byte[][] small = [.. Enumerable.Range(0, 100).Select(static i => new byte[100_000 + i])];
        string reason = new('x', 500_000);

        // Nothing is read before all of it is written: tens of megabytes, more than both ends' buffers hold.
        for (var i = 0; i < 40; i++)
            dialled.Write(new Goodbye { Reason = reason });
        dialled.Write(new PutData { Attachments = [attachment] });
        dialled.Write(new PutData { Attachments = [.. small.Select(static one => new ReadOnlyMemory<byte>(one))] });
        dialled.Flush();

        var messages = new List<Message>();
        while (messages.Count < 42)
            Assert.True(await accepted.ReceiveAsync(messages));
        Assert.All(messages.Take(40), message => Assert.Equal(reason, ((Goodbye)message).Reason));
        Assert.Equal(attachment, messages[40].Attachments[0]);
        Assert.Equal(small.Select(static one => one.Length), messages[41].Attachments.Select(static one => one.Length));
        await dialled.DisposeAsync();
        await accepted.DisposeAsync();
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task An_abort_ends_a_send_that_waits_for_the_other_side(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync(s_onThread);
        var receiving = OwnThread.Run(() => dialled.ReceiveAsync([]).AsTask().GetAwaiter().GetResult());
        for (var i = 0; i < 40; i++)
            dialled.Write(new Goodbye { Reason = new string('x', 500_000) });
        dialled.Flush();
        dialled.Abort("it does not read");
        var error = await Assert.ThrowsAsync<ConnectionLostException>(() => receiving);
        Assert.Equal("it does not read", error.Reason);
        await dialled.DisposeAsync();
        Assert.Equal(0, dialled.PendingBytes);
        await accepted.DisposeAsync();
    }

    [Fact]
    public async Task A_wait_for_the_first_answer_that_is_given_up_ends_as_cancelled_at_whatever_moment()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = Address.Parse($"tcp://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
        for (var i = 0; i < 300; i++)
        {
            using var giveUp = new CancellationTokenSource();
            var connecting = Connection.ConnectAsync(address, new Hello { Role = PeerRole.Client }, s_onThread, giveUp.Token);
            using var accepted = await silent.AcceptTcpClientAsync();
            for (var turn = 0; turn < i % 30; turn++)
                await Task.Yield();
            await giveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        }
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task Closing_ends_a_receive_that_waits_in_its_thread(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync(s_onThread);
        var receiving = OwnThread.Run(() => dialled.ReceiveAsync([]).AsTask().GetAwaiter().GetResult());
        await dialled.DisposeAsync();
        Assert.False(await receiving);
        Assert.False(await accepted.ReceiveAsync([]));
        await accepted.DisposeAsync();
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task An_abort_ends_a_receive_that_waits_in_its_thread_with_the_reason(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync(s_onThread);
        var receiving = OwnThread.Run(() => dialled.ReceiveAsync([]).AsTask().GetAwaiter().GetResult());
        dialled.Abort("silent for 10 s");
        var error = await Assert.ThrowsAsync<ConnectionLostException>(() => receiving);
        Assert.Equal("silent for 10 s", error.Reason);
        await dialled.DisposeAsync();
        await accepted.DisposeAsync();
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task The_loss_of_the_other_side_ends_a_receive_that_waits_in_its_thread(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync(s_onThread);
        var receiving = OwnThread.Run(() => dialled.ReceiveAsync([]).AsTask().GetAwaiter().GetResult());
        accepted.Abort("the cable was cut");
        await Assert.ThrowsAsync<ConnectionLostException>(() => receiving);
        await dialled.DisposeAsync();
        await accepted.DisposeAsync();
    }

    [Fact]
    public async Task Dialling_can_be_given_up_while_the_other_side_says_nothing()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var patience = new CancellationTokenSource();
        var address = Address.Parse($"tcp://{silent.LocalEndpoint}");
        var dialling = Connection.ConnectAsync(address, TestPeers.SomeHello(), s_onThread, patience.Token);
        using var accepted = await silent.AcceptSocketAsync();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialling);
    }
}
