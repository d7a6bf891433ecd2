using System.Diagnostics;
using TaskGraph.Messages;

namespace TaskGraph.Transport.Tests;

public sealed class WritingTests
{
    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    [InlineData("inproc://writers")]
    public async Task Messages_of_each_of_many_writers_arrive_in_its_order(string address)
    {
        const int Writers = 8;
        const int Each = 5000;
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync();
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                dialled.Write(new GroupData { FromRank = w, Tag = i, Attachments = i % 50 == 0 ? [new byte[i]] : [] });
                if (i % (w + 1) == 0)
                    dialled.Flush();
            }

            dialled.Flush();
        })));
        var next = new int[Writers];
        var received = new List<Message>();
        for (var total = 0; total < Writers * Each; total += received.Count)
        {
            received.Clear();
            Assert.True(await accepted.ReceiveAsync(received));
            foreach (var message in received.Cast<GroupData>())
            {
                Assert.Equal(next[message.FromRank]++, message.Tag);
                if (message.Tag % 50 == 0)
                    Assert.Equal(message.Tag, message.Attachments[0].Length);
            }
        }

        await writing;
        await Task.WhenAll(dialled.DisposeAsync().AsTask(), accepted.DisposeAsync().AsTask());
        Assert.Equal(0, dialled.PendingBytes);
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task A_message_may_be_reused_as_soon_as_it_is_written(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync();
        var message = new ReplicasRemoved();
        for (var i = 0; i < 100; i++)
        {
            message.Tasks.Clear();
            message.Tasks.Add(new TaskId(1, i));
            dialled.Write(message);
        }

        dialled.Flush();
        var received = new List<Message>();
        while (received.Count < 100)
            Assert.True(await accepted.ReceiveAsync(received));
        Assert.Equal(Enumerable.Range(0, 100), received.Select(m => ((ReplicasRemoved)m).Tasks[0].Index));
        await Task.WhenAll(dialled.DisposeAsync().AsTask(), accepted.DisposeAsync().AsTask());
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task Nothing_leaves_before_a_flush_and_bytes_are_counted_on_both_sides(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync();
        var start = Stopwatch.GetTimestamp();
        dialled.Write(new Heartbeat());
        dialled.Write(new Heartbeat());
        Assert.True(dialled.PendingBytes > 0);
        Assert.Equal(0, dialled.BytesSent);
        dialled.Flush();
        var received = new List<Message>();
        Assert.True(await accepted.ReceiveAsync(received));
        Assert.Equal(2, received.Count);
        Assert.True(accepted.LastReceivedTimestamp >= start);
        accepted.Write(new Heartbeat());
        accepted.Flush();
        Assert.True(await dialled.ReceiveAsync(received));
        Assert.Equal(dialled.BytesSent, accepted.BytesReceived);
        Assert.Equal(0, dialled.PendingBytes);
        Assert.Equal(0u, dialled.UnacknowledgedFrames);
        await Task.WhenAll(dialled.DisposeAsync().AsTask(), accepted.DisposeAsync().AsTask());
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task A_message_that_is_too_large_is_refused_and_the_connection_goes_on(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync();
        var large = new FunctionResult { Value = new byte[Protocol.MaxControlFrameBytes] };
        Assert.Throws<MessageTooLargeException>(() => dialled.Write(large));
        dialled.Write(new Goodbye { Reason = "still here" });
        dialled.Flush();
        var received = new List<Message>();
        Assert.True(await accepted.ReceiveAsync(received));
        Assert.IsType<Goodbye>(Assert.Single(received));
        await Task.WhenAll(dialled.DisposeAsync().AsTask(), accepted.DisposeAsync().AsTask());
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task Cancelling_a_receive_loses_nothing_and_two_at_once_are_refused(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync();
        using var cancel = new CancellationTokenSource();
        var waiting = accepted.ReceiveAsync([], cancel.Token).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await accepted.ReceiveAsync([]));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        dialled.Write(new Heartbeat { StoredBytes = 4 });
        dialled.Flush();
        var received = new List<Message>();
        Assert.True(await accepted.ReceiveAsync(received));
        Assert.Equal(4, Assert.IsType<Heartbeat>(Assert.Single(received)).StoredBytes);
        await Task.WhenAll(dialled.DisposeAsync().AsTask(), accepted.DisposeAsync().AsTask());
    }
}
