using TaskGraph.Messages;

namespace TaskGraph.Transport.Tests;

public sealed class ResumeTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:0")]
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

    [Fact]
    public async Task An_aborted_session_is_not_resumed()
    {
        await using var peers = TestPeers.Listen();
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

    [Fact]
    public async Task A_session_that_was_closed_in_order_is_not_resumable()
    {
        await using var peers = TestPeers.Listen();
        var (dialled, accepted) = await ConnectAsync(peers);

        var closing = dialled.DisposeAsync();

        Assert.False(await accepted.ReceiveAsync([]));
        Assert.False(accepted.IsResumable);
        await accepted.DisposeAsync();
        await closing;
        Assert.False(dialled.IsResumable);
    }

    [Fact]
    public async Task A_session_whose_every_link_breaks_before_a_frame_comes_is_given_up()
    {
        await using var peers = TestPeers.Listen();
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
