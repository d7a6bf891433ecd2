using TaskGraph.Messages;

namespace TaskGraph.Transport.Tests;

/// <summary>A listener on loopback and the two ends of connections to it.</summary>
internal sealed class TestPeers : IAsyncDisposable
{
    private readonly IAsyncEnumerator<PendingConnection> _arriving;

    private TestPeers(Listener listener)
    {
        Listener = listener;
        _arriving = listener.AcceptAsync(CancellationToken.None).GetAsyncEnumerator();
    }

    public const string Tcp = "tcp://127.0.0.1:0";

    public const string Unix = "unix";

    public Listener Listener { get; }

    /// <summary>Listens at an address, or where peers of this machine come without TCP: <see cref="Unix"/>.</summary>
    public static TestPeers Listen(string address = Tcp, ConnectionOptions? options = null)
    {
        options = (options ?? ConnectionOptions.Default) with { AcceptsTcpOnly = address != Unix };
        return new(Listener.Start(Address.Parse(address == Unix ? Tcp : address), options));
    }

    public static Hello SomeHello(PeerRole role = PeerRole.Worker) =>
        new() { Role = role, Name = "ann", Session = 0x1234_5678_9abc_def0, Incarnation = 7 };

    public async Task<PendingConnection> NextAsync()
    {
        Assert.True(await _arriving.MoveNextAsync());
        return _arriving.Current;
    }

    public async Task<(Connection Dialled, Connection Accepted)> ConnectAsync(
        ConnectionOptions? options = null, Hello? hello = null)
    {
        var dialling = Connection.ConnectAsync(Listener.Address, hello ?? SomeHello(), options);
        var pending = await NextAsync();
        var accepted = await pending.WelcomeAsync(new Welcome { Epoch = 3, WorkerNumber = 5, Name = "sched" });
        return (await dialling, accepted);
    }

    public async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync();
        await _arriving.DisposeAsync();
    }
}
