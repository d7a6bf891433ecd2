using TaskGraph.Messages;

namespace TaskGraph.Transport.Tests;

public sealed class ResumeTests
{
    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    [InlineData("inproc://resumed")]
    public async Task What_was_sent_and_written_around_cuts_arrives_once_and_in_order(string address)
    {
        const int Rounds = 20;
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await ConnectAsync(peers);
        List<int> up = [], down = [];
        for (var round = 0; round < Rounds; round++)
        {
            Write(dialled, round * 10, 10);
            Write(accepted, round * 10, 10);
            if (round % 3 == 0)
                await ReceiveUntilAsync(accepted, up, up.Count + 1);

            // Links that break before anything has come are given up after some: not so here, however busy the machine.
            if (round % 3 == 1)
                await ReceiveUntilAsync(dialled, down, down.Count + 1);
            dialled.Cut("cable");
            await LossOfAsync(accepted, up);
            await LossOfAsync(dialled, down);
            Write(dialled, 1000 + round, 1);
            await ResumeAsync(peers, dialled, accepted);
        }

        var expectedUp = Enumerable.Range(0, Rounds).SelectMany(r => Enumerable.Range(r * 10, 10).Append(1000 + r));
        await ReceiveUntilAsync(accepted, up, Rounds * 11);
        await ReceiveUntilAsync(dialled, down, Rounds * 10);
        Assert.Equal(expectedUp, up);
        Assert.Equal(Enumerable.Range(0, Rounds * 10), down);
        await Task.WhenAll(dialled.DisposeAsync().AsTask(), accepted.DisposeAsync().AsTask());
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task A_silent_link_is_kept_until_a_second_one_is_welcomed_and_nothing_is_lost_or_said_twice(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await ConnectAsync(peers);
        List<int> up = [], down = [];
        Write(dialled, 0, 3);
        Write(accepted, 0, 3);
        var renewing = dialled.RenewAsync("silence");
        var pending = await peers.NextAsync();

        // The old link turns out to be alive: what comes over it after the new one was dialled is sent again over that.
        Assert.True(dialled.IsLinked);
        await ReceiveUntilAsync(accepted, up, 3);
        await ReceiveUntilAsync(dialled, down, 3);
        Write(accepted, 3, 3);
        accepted.Cut("dialled anew");
        await LossOfAsync(accepted, up);
        Assert.True(await pending.ResumeAsync(accepted));
        await LossOfAsync(dialled, down);
        await dialled.ReconnectAsync();
        await renewing;

        Write(dialled, 3, 3);
        await ReceiveUntilAsync(accepted, up, 6);
        await ReceiveUntilAsync(dialled, down, 6);
        Assert.Equal(Enumerable.Range(0, 6), up);
        Assert.Equal(Enumerable.Range(0, 6), down);
        await Task.WhenAll(dialled.DisposeAsync().AsTask(), accepted.DisposeAsync().AsTask());
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task A_second_connection_that_is_refused_ends_the_first(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await ConnectAsync(peers);
        var renewing = dialled.RenewAsync("silence");
        await (await peers.NextAsync()).RefuseAsync("the session has ended", RefusalCode.SessionUnknown);
        await renewing;

        var loss = await Assert.ThrowsAsync<ConnectionLostException>(async () => await dialled.ReceiveAsync([]));
        Assert.Contains("silence", loss.Message, StringComparison.Ordinal);
        Assert.Contains("the session has ended", loss.Message, StringComparison.Ordinal);
        await accepted.DisposeAsync();
        await dialled.DisposeAsync();
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task An_aborted_session_is_not_resumed(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await ConnectAsync(peers);
        accepted.Abort("evicted");
        await LossOfAsync(dialled, []);
        await LossOfAsync(accepted, []);

        Assert.False(accepted.IsResumable);
        var reconnecting = dialled.ReconnectAsync();
        var pending = await peers.NextAsync();
        Assert.True(pending.Hello.IsResuming);
        Assert.False(await pending.ResumeAsync(accepted));
        var refusal = await Assert.ThrowsAsync<ConnectionRefusedException>(() => reconnecting);
        Assert.Equal(RefusalCode.SessionUnknown, refusal.Code);
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task A_session_that_was_closed_in_order_is_not_resumable(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await ConnectAsync(peers);

        var closing = dialled.DisposeAsync();

        Assert.False(await accepted.ReceiveAsync([]));
        Assert.False(accepted.IsResumable);
        await accepted.DisposeAsync();
        await closing;
        Assert.False(dialled.IsResumable);
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    public async Task A_session_whose_every_link_breaks_before_a_frame_comes_is_given_up(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await ConnectAsync(peers);
        var links = 0;
        for (; links < 100; links++)
        {
            dialled.Cut("cable");
            await LossOfAsync(accepted, []);
            await LossOfAsync(dialled, []);
            if (!accepted.IsResumable)
                break;
            await ResumeAsync(peers, dialled, accepted);
        }

        Assert.InRange(links, 2, 20);
    }

    private static async Task<(Connection Dialled, Connection Accepted)> ConnectAsync(TestPeers peers)
    {
        var hello = TestPeers.SomeHello();
        hello.CanResume = true;
        return await peers.ConnectAsync(hello: hello);
    }

    private static async Task ResumeAsync(TestPeers peers, Connection dialled, Connection accepted)
    {
        var reconnecting = dialled.ReconnectAsync();
        var pending = await peers.NextAsync();
        Assert.True(await pending.ResumeAsync(accepted));
        await reconnecting;
    }

    private static void Write(Connection connection, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            connection.Write(new Heartbeat { ExecutingCount = i });
            connection.Flush();
        }
    }

    private static async Task ReceiveUntilAsync(Connection connection, List<int> into, int count)
    {
        List<Message> messages = [];
        while (into.Count < count)
        {
            messages.Clear();
            Assert.True(await connection.ReceiveAsync(messages));
            into.AddRange(messages.Cast<Heartbeat>().Select(beat => beat.ExecutingCount));
        }
    }

    /// <summary>Receives until the loss of the link is reported; what came before counts.</summary>
    private static async Task LossOfAsync(Connection connection, List<int> into)
    {
        List<Message> messages = [];
        await Assert.ThrowsAsync<ConnectionLostException>(async () =>
        {
            while (true)
            {
                Assert.True(await connection.ReceiveAsync(messages));
                into.AddRange(messages.Cast<Heartbeat>().Select(beat => beat.ExecutingCount));
                messages.Clear();
            }
        });
    }
}
