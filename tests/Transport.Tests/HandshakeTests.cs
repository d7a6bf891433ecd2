using System.Net;
using System.Net.Sockets;
using System.Text;
using TaskGraph.Messages;
using TaskGraph.Transport.Frames;
using TaskGraph.Transport.Tests.Frames;

namespace TaskGraph.Transport.Tests;

public sealed class HandshakeTests
{
    [Fact]
    public async Task Versions_that_do_not_overlap_are_refused_naming_both_builds_and_versions()
    {
        var log = new TestLog();
        await using var peers = TestPeers.Listen(options: new ConnectionOptions { Logger = log });
        var hello = TestPeers.SomeHello();
        hello.ProtocolMin = Protocol.Newest + 1;
        hello.ProtocolMax = Protocol.Newest + 2;
        hello.Build = "taskgraph 9.9";
        var error = await Assert.ThrowsAsync<ConnectionRefusedException>(
            () => Connection.ConnectAsync(peers.Listener.Address, hello));
        Assert.Contains(Protocol.Build, error.Reason);
        Assert.Contains($"(taskgraph 9.9) speaks {Protocol.Newest + 1} to {Protocol.Newest + 2}", error.Reason);
        Assert.Contains("taskgraph 9.9", await log.NextAsync());
    }

    [Fact]
    public async Task A_newer_peer_that_still_speaks_our_version_is_welcomed_in_it()
    {
        await using var peers = TestPeers.Listen();
        var hello = TestPeers.SomeHello();
        hello.ProtocolMax = Protocol.Newest + 5;
        var (dialled, accepted) = await peers.ConnectAsync(hello: hello);
        Assert.Equal(Protocol.Newest, dialled.Welcome.Protocol);
        await Task.WhenAll(dialled.DisposeAsync().AsTask(), accepted.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task The_owners_refusal_reaches_the_dialler_as_one_line()
    {
        await using var peers = TestPeers.Listen();
        var dialling = Connection.ConnectAsync(peers.Listener.Address, TestPeers.SomeHello());
        var pending = await peers.NextAsync();
        await pending.RefuseAsync("the name 'ann'\nis taken" + new string('!', 9000));
        var error = await Assert.ThrowsAsync<ConnectionRefusedException>(() => dialling);
        Assert.StartsWith("the name 'ann' is taken", error.Reason);
        Assert.Contains(peers.Listener.Address.ToString(), error.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => pending.WelcomeAsync(new Welcome()));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData("x")]
    public async Task What_is_not_TaskGraph_is_turned_away_with_one_line_in_the_log(string garbage)
    {
        var log = new TestLog();
        await using var peers = TestPeers.Listen(options: new ConnectionOptions { Logger = log });
        using var socket = await RawPeer.DialAsync(peers.Listener);
        await socket.SendAsync(Encoding.Latin1.GetBytes(garbage));
        Assert.Empty(await RawPeer.ReadToEndAsync(socket));
        var line = await log.NextAsync();
        Assert.Contains("does not speak TaskGraph's protocol", line);
        Assert.DoesNotContain('\n', line);
    }

    [Theory]
    [InlineData(false, "A Heartbeat came instead of a Hello")]
    [InlineData(true, "at most 4,096 may come")]
    public async Task A_first_message_that_is_no_hello_or_too_large_is_turned_away(bool large, string why)
    {
        var log = new TestLog();
        await using var peers = TestPeers.Listen(options: new ConnectionOptions { Logger = log });
        using var socket = await RawPeer.DialAsync(peers.Listener);
        await socket.SendAsync(large
            ? FrameBytes.Of(new Hello { Credential = new byte[5000] })
            : FrameBytes.Of(new Heartbeat()));
        Assert.Empty(await RawPeer.ReadToEndAsync(socket));
        Assert.Contains(why, await log.NextAsync());
        await Assert.ThrowsAsync<MessageTooLargeException>(
            () => Connection.ConnectAsync(peers.Listener.Address, new Hello { Credential = new byte[5000] }));
    }

    [Fact]
    public async Task A_silent_peer_is_turned_away_in_time_and_holds_up_nobody()
    {
        var log = new TestLog();
        var options = new ConnectionOptions { Logger = log, HandshakeTimeout = TimeSpan.FromSeconds(1) };
        await using var peers = TestPeers.Listen(options: options);
        using var silent = await RawPeer.DialAsync(peers.Listener);
        using var dribbling = await RawPeer.DialAsync(peers.Listener);
        await dribbling.SendAsync(Magic.Bytes[..3].ToArray());
        var (dialled, accepted) = await peers.ConnectAsync();
        Assert.Empty(await RawPeer.ReadToEndAsync(silent));
        Assert.Empty(await RawPeer.ReadToEndAsync(dribbling));
        Assert.Contains("did not introduce itself within 1 s", await log.NextAsync());
        await Task.WhenAll(dialled.DisposeAsync().AsTask(), accepted.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Dialling_something_else_says_so()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var address = Address.Of(other.LocalEndpoint);
        var dialling = Connection.ConnectAsync(address, TestPeers.SomeHello());
        using var socket = await other.AcceptSocketAsync();
        await socket.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        var error = await Assert.ThrowsAsync<ProtocolException>(() => dialling);
        Assert.Contains($"{address}: The other side does not speak TaskGraph", error.Message);
    }

    [Fact]
    public async Task Dialling_where_nobody_answers_gives_up_after_the_timeout()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var options = new ConnectionOptions { HandshakeTimeout = TimeSpan.FromMilliseconds(100) };
        var error = await Assert.ThrowsAsync<ConnectionLostException>(
            () => Connection.ConnectAsync(Address.Of(mute.LocalEndpoint), TestPeers.SomeHello(), options));
        Assert.Contains("did not answer within 0.1 s", error.Message);
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:1", "nothing listens there")]
    [InlineData("inproc://nobody", "nothing listens there")]
    [InlineData("tcp://no-such-host.invalid:1", "host name is unknown")]
    public async Task Dialling_where_nothing_listens_says_so_in_one_line(string address, string why)
    {
        var error = await Assert.ThrowsAsync<ConnectionLostException>(
            () => Connection.ConnectAsync(Address.Parse(address), TestPeers.SomeHello()));
        Assert.StartsWith($"Cannot connect to {address}: ", error.Message);
        Assert.Contains(why, error.Message);
    }

    [Fact]
    public async Task Dialling_can_be_cancelled()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        using var cancel = new CancellationTokenSource();
        var address = Address.Of(mute.LocalEndpoint);
        var dialling = Connection.ConnectAsync(address, TestPeers.SomeHello(), cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialling);
    }
}
