using System.Net.Sockets;
using TaskGraph.Messages;
using TaskGraph.Transport.Links;

namespace TaskGraph.Transport.Tests;

/// <summary>Peers of one machine on Linux, which meet without TCP where they can.</summary>
public sealed class UnixLinkTests
{
    [Fact]
    public async Task Peers_of_one_machine_meet_without_TCP()
    {
        await using var peers = TestPeers.Listen(TestPeers.Unix);

        var (dialled, accepted) = await peers.ConnectAsync();
        await using var one = dialled;
        await using var other = accepted;

        var expected = OperatingSystem.IsLinux() ? $"unix://process-{Environment.ProcessId}" : "tcp://127.0.0.1:";
        Assert.StartsWith(expected, accepted.RemoteAddress.ToString());
        Assert.Equal(peers.Listener.Address, dialled.RemoteAddress);
    }

    [Fact]
    public async Task A_listener_whose_name_is_taken_is_reached_over_TCP()
    {
        if (!OperatingSystem.IsLinux())
            return;
        int port;
        await using (var former = TestPeers.Listen(TestPeers.Unix))
            port = former.Listener.Address.Port;
        using var squatter = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        squatter.Bind(new UnixDomainSocketEndPoint($"\0taskgraph/127.0.0.1:{port}"));

        await using var listener = Listener.Start(Address.Parse($"tcp://127.0.0.1:{port}"));
        await using var arriving = listener.AcceptAsync(CancellationToken.None).GetAsyncEnumerator();
        var dialling = Connection.ConnectAsync(listener.Address, TestPeers.SomeHello());
        Assert.True(await arriving.MoveNextAsync());
        await using var accepted = await arriving.Current.WelcomeAsync(new Welcome { Name = "by TCP" });
        await using var dialled = await dialling;

        Assert.Equal(Address.Tcp, accepted.RemoteAddress.Scheme);
    }

    [Fact]
    public async Task A_listener_on_another_loopback_address_with_the_same_port_is_another_listener()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var first = TestPeers.Listen(TestPeers.Unix);
        await using var second = TestPeers.Listen($"tcp://127.0.0.2:{first.Listener.Address.Port}");

        var (dialled, accepted) = await second.ConnectAsync();
        await using var one = dialled;
        await using var other = accepted;

        Assert.Equal(Address.Tcp, accepted.RemoteAddress.Scheme);
    }

    [Fact]
    public void Only_this_processes_user_and_root_are_believed()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var user = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("Uid:", StringComparison.Ordinal))
            .Split('\t')[2];
        var mine = uint.Parse(user, System.Globalization.CultureInfo.InvariantCulture);

        Assert.True(UnixLinkSource.Trusts(mine));
        Assert.True(UnixLinkSource.Trusts(0));
        Assert.False(UnixLinkSource.Trusts(mine + 1));
    }

    [Fact]
    public async Task Nothing_is_left_under_the_name_when_the_listener_is_gone()
    {
        Address address;
        await using (var peers = TestPeers.Listen(TestPeers.Unix))
            address = peers.Listener.Address;

        Assert.Null(UnixLinkSource.TryConnect(address, receivesOnCallingThread: false));
    }
}
