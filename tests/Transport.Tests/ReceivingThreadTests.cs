using System.Net;
using System.Net.Sockets;
using TaskGraph.Messages;

namespace TaskGraph.Transport.Tests;

public sealed class ReceivingThreadTests
{
    private static readonly ConnectionOptions s_onThread = new() { ReceivesOnCallingThread = true };

    [Fact]
    public async Task Receives_complete_on_the_thread_that_calls()
    {
        await using var peers = TestPeers.Listen();
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

    [Fact]
    public async Task Closing_ends_a_receive_that_waits_in_its_thread()
    {
        await using var peers = TestPeers.Listen();
        var (dialled, accepted) = await peers.ConnectAsync(s_onThread);
        var receiving = OwnThread.Run(() => dialled.ReceiveAsync([]).AsTask().GetAwaiter().GetResult());
        await dialled.DisposeAsync();
        Assert.False(await receiving);
        Assert.False(await accepted.ReceiveAsync([]));
        await accepted.DisposeAsync();
    }

    [Fact]
    public async Task An_abort_ends_a_receive_that_waits_in_its_thread_with_the_reason()
    {
        await using var peers = TestPeers.Listen();
        var (dialled, accepted) = await peers.ConnectAsync(s_onThread);
        var receiving = OwnThread.Run(() => dialled.ReceiveAsync([]).AsTask().GetAwaiter().GetResult());
        dialled.Abort("silent for 10 s");
        var error = await Assert.ThrowsAsync<ConnectionLostException>(() => receiving);
        Assert.Equal("silent for 10 s", error.Reason);
        await dialled.DisposeAsync();
        await accepted.DisposeAsync();
    }

    [Fact]
    public async Task The_loss_of_the_other_side_ends_a_receive_that_waits_in_its_thread()
    {
        await using var peers = TestPeers.Listen();
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
