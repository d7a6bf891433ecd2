using TaskGraph.Messages;

namespace TaskGraph.Transport.Tests;

public sealed class ListenerTests
{
    [Theory]
    [InlineData("tcp://0.0.0.0:0")]
    [InlineData("tcp://[::]:0")]
    [InlineData("tcp://192.0.2.1:0")]
    public void Listening_beyond_loopback_must_be_asked_for(string address)
    {
        var error = Assert.Throws<InsecureListenException>(() => Listener.Start(Address.Parse(address)));
        Assert.Contains(address, error.Message);
        Assert.Contains("--insecure", error.Message);
    }

    [Fact]
    public async Task Listening_beyond_loopback_works_when_it_was_asked_for()
    {
        var options = new ConnectionOptions { AllowInsecure = true };
        await using var listener = Listener.Start(Address.Parse("tcp://0.0.0.0:0"), options);
        Assert.NotEqual(0, listener.Address.Port);
        Assert.Equal("0.0.0.0", listener.Address.Host);
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData("inproc://taken")]
    public async Task An_address_in_use_is_refused_until_its_listener_is_gone(string address)
    {
        var first = Listener.Start(Address.Parse(address));
        var error = Assert.Throws<ListenException>(() => Listener.Start(first.Address));
        Assert.Contains("already in use", error.Message);
        await first.DisposeAsync();
        await Listener.Start(first.Address).DisposeAsync();
    }

    [Fact]
    public async Task A_listener_can_come_back_at_its_address_while_old_connections_wind_down()
    {
        var peers = TestPeers.Listen();
        var (dialled, accepted) = await peers.ConnectAsync();
        await peers.DisposeAsync();
        await using var again = TestPeers.Listen(peers.Listener.Address.ToString());
        var closing = accepted.DisposeAsync();
        Assert.False(await dialled.ReceiveAsync([]));
        await closing;
        await dialled.DisposeAsync();
        var (second, other) = await again.ConnectAsync();
        await Task.WhenAll(second.DisposeAsync().AsTask(), other.DisposeAsync().AsTask());
    }

    [Fact]
    public void An_address_that_is_not_this_machines_is_refused()
    {
        var options = new ConnectionOptions { AllowInsecure = true };
        Assert.Throws<ListenException>(() => Listener.Start(Address.Parse("tcp://192.0.2.1:0"), options));
        Assert.Throws<ListenException>(() => Listener.Start(Address.Parse("tcp://no-such-host.invalid:0"), options));
    }

    [Fact]
    public async Task Disposing_ends_the_arrivals_and_cuts_those_without_an_answer()
    {
        var peers = TestPeers.Listen();
        var dialling = Connection.ConnectAsync(peers.Listener.Address, TestPeers.SomeHello());
        await using var pending = await peers.NextAsync();
        await peers.Listener.DisposeAsync();
        await peers.Listener.DisposeAsync();
        await foreach (var _ in peers.Listener.AcceptAsync(CancellationToken.None))
            Assert.Fail("nobody can arrive any more");
        await pending.DisposeAsync();
        await Assert.ThrowsAsync<ConnectionLostException>(() => dialling);
    }

    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    [InlineData("inproc://two-hundred")]
    public async Task Two_hundred_connections_at_once_each_get_their_own_answers(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var serving = ServeAsync(peers, 200);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => AskAsync(peers.Listener.Address, i)));
        await serving;

        static async Task ServeAsync(TestPeers peers, int count)
        {
            var echoes = new List<Task>();
            for (var i = 0; i < count; i++)
                echoes.Add(EchoAsync(await peers.NextAsync()));
            await Task.WhenAll(echoes);
        }

        static async Task EchoAsync(PendingConnection pending)
        {
            await using var connection = await pending.WelcomeAsync(new Welcome());
            var messages = new List<Message>();
            while (await connection.ReceiveAsync(messages))
            {
                foreach (var message in messages)
                    connection.Write(message);
                connection.Flush();
                messages.Clear();
            }
        }

        static async Task AskAsync(Address address, int number)
        {
            var hello = new Hello { Session = (ulong)number };
            await using var connection = await Connection.ConnectAsync(address, hello);
            var received = new List<Message>();
            for (var i = 0; i < 20; i++)
            {
                connection.Write(new GetData { RequestId = (ulong)(number * 1000 + i) });
                connection.Flush();
                while (received.Count <= i)
                    Assert.True(await connection.ReceiveAsync(received));
            }

            Assert.Equal(
                Enumerable.Range(number * 1000, 20).Select(n => (ulong)n),
                received.Select(m => ((GetData)m).RequestId));
        }
    }
}
