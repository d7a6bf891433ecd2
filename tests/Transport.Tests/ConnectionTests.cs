using TaskGraph.Messages;

namespace TaskGraph.Transport.Tests;

public sealed class ConnectionTests
{
    [Theory]
    [InlineData(TestPeers.Tcp)]
    [InlineData(TestPeers.Unix)]
    [InlineData("inproc://connection-tests")]
    public async Task Both_sides_learn_hello_and_welcome_and_exchange_messages_in_order(string address)
    {
        await using var peers = TestPeers.Listen(address);
        var (dialled, accepted) = await peers.ConnectAsync();
        Assert.Equal("ann", accepted.Hello.Name);
        Assert.Equal(5, dialled.Welcome.WorkerNumber);
        Assert.Equal(Protocol.Newest, dialled.Welcome.Protocol);
        Assert.Equal(accepted.Hello.Session, dialled.Welcome.Session);

        for (var i = 0; i < 1000; i++)
            dialled.Write(new Heartbeat { StoredBytes = i });
        dialled.Flush();
        var received = new List<Message>();
        while (received.Count < 1000)
            Assert.True(await accepted.ReceiveAsync(received));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), received.Select(m => ((Heartbeat)m).StoredBytes));

        accepted.Write(new Goodbye { Reason = "enough" });
        accepted.Flush();
        received.Clear();
        Assert.True(await dialled.ReceiveAsync(received));
        Assert.Equal("enough", Assert.IsType<Goodbye>(Assert.Single(received)).Reason);

        var closing = dialled.DisposeAsync();
        Assert.False(await accepted.ReceiveAsync(received));
        await closing;
        await accepted.DisposeAsync();
    }

    [Fact]
    public async Task Attachments_arrive_in_arrays_of_the_elements_that_the_message_names()
    {
        await using var peers = TestPeers.Listen("tcp://127.0.0.1:0");
        var (dialled, accepted) = await peers.ConnectAsync(hello: TestPeers.SomeHello(PeerRole.Data));
        var payload = PayloadCodecs.Encode(Enumerable.Range(0, 3_000_000).Select(i => i * 0.5).ToArray());
        dialled.Write(new DataReply { Attachments = [payload.Body, .. payload.Buffers], Elements = payload.Elements });
        dialled.Flush();
        var received = new List<Message>();
        Assert.True(await accepted.ReceiveAsync(received));
        var attachments = received[0].Attachments;
        Assert.Equal(ArrayElement.Double, ArrayBuffers.ElementOf(attachments[1]));
        var values = PayloadCodecs.Decode<double[]>(new Payload(attachments[0], [attachments[1]]));
        Assert.Equal(1_499_999.5, values[^1]);
        Assert.Equal(3_000_000, values.Length);
        await Task.WhenAll(dialled.DisposeAsync().AsTask(), accepted.DisposeAsync().AsTask());
    }

    [Theory]
    [InlineData(TestPeers.Tcp, false)]
    [InlineData(TestPeers.Unix, false)]
    [InlineData(TestPeers.Tcp, true)]
    [InlineData(TestPeers.Unix, true)]
    [InlineData("inproc://attachments", true)]
    public async Task Attachments_of_any_size_arrive_unchanged_both_ways(string address, bool check)
    {
        var options = new ConnectionOptions { CheckAttachments = check };
        await using var peers = TestPeers.Listen(address, options);
        var (dialled, accepted) = await peers.ConnectAsync(options, TestPeers.SomeHello(PeerRole.Data));
        int[] sizes = [0, 1, 4096, 70_000, 300_000, 20_000_000, 3];
        var all = Task.WhenAll(SendAndCheckAsync(dialled, accepted), SendAndCheckAsync(accepted, dialled));
        await all.ContinueWith(t => Assert.True(t.Exception is null, t.Exception?.ToString()));
        await Task.WhenAll(dialled.DisposeAsync().AsTask(), accepted.DisposeAsync().AsTask());

        async Task SendAndCheckAsync(Connection from, Connection to)
        {
            var random = new Random(5);
            var buffers = Array.ConvertAll(sizes, size =>
            {
                var bytes = new byte[size];
                random.NextBytes(bytes);
                return bytes;
            });
            from.Write(new Heartbeat());
            from.Write(new DataReply
            {
                RequestId = 9,
                Attachments = Array.ConvertAll(buffers, b => new ReadOnlyMemory<byte>(b)),
            });
            from.Write(new DataReply { RequestId = 10 });
            from.Flush();
            var received = new List<Message>();
            while (received.Count < 3)
                Assert.True(await to.ReceiveAsync(received));
            Assert.Equal(sizes.Length, received[1].Attachments.Count);
            for (var i = 0; i < sizes.Length; i++)
                Assert.True(received[1].Attachments[i].Span.SequenceEqual(buffers[i]));
            Assert.Equal(10ul, Assert.IsType<DataReply>(received[2]).RequestId);
        }
    }
}
