using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TaskGraph.Tests;

public class HostilePayloadTests
{
    private sealed record Everything(
        int Int, string Text, Point[] Points, Dictionary<string, double> Numbers, (int, bool) Tuple,
        DateTimeOffset Time, Guid Id, decimal Money, Shape Shape, int[,] Grid, object Boxed,
        HashSet<long> Set, Uri Uri, Keyed Keyed);

    private static readonly Everything s_value = new(
        -5, "text", [new Point(1, 2, 3)], new() { ["pi"] = 3.14 }, (1, true),
        DateTimeOffset.UnixEpoch, Guid.Empty, 1.5m, new Circle(2), new[,] { { 1, 2 } }, 7L, [1, 2],
        new Uri("urn:b"), new Keyed { Last = "l" });

    [Fact]
    public void Every_truncation_of_a_payload_is_refused()
    {
        var body = PayloadCodecs.Encode(s_value).Body;
        Assert.Equal(s_value.Points, PayloadCodecs.Decode<Everything>(new Payload(body)).Points);
        for (var length = 0; length < body.Length; length++)
        {
            var cut = new Payload(body[..length]);
            Assert.Throws<MessagePackException>(() => PayloadCodecs.Decode<Everything>(cut));
        }
    }

    [Fact]
    public void Any_flipped_byte_is_read_or_refused_and_allocates_little()
    {
        var body = PayloadCodecs.Encode(s_value).Body.ToArray();
        Prop.ForAll<NonNegativeInt, byte>((position, value) =>
        {
            var changed = body.ToArray();
            changed[position.Get % body.Length] = value;
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                _ = PayloadCodecs.Decode<Everything>(new Payload(changed));
            }
            catch (MessagePackException)
            {
                // Refused, as it should be.
            }

            return GC.GetAllocatedBytesForCurrentThread() - before < 256 * 1024;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    [Theory]
    [InlineData(typeof(string[]), "ddffffffff")]
    [InlineData(typeof(Dictionary<string, int>), "dfffffffff")]
    [InlineData(typeof(byte[]), "c6ffffffff")]
    [InlineData(typeof(int[]), "c403010203")]
    [InlineData(typeof(int[]), "05")]
    [InlineData(typeof(bool[]), "c40102")]
    [InlineData(typeof(int[,]), "93ce7fffffffce7fffffffc400")]
    [InlineData(typeof(int[,]), "93ceffffffff00c400")]
    [InlineData(typeof(int[,,,]), "95ce40000000ce40000000ce40000000ce40000000c400")]
    [InlineData(typeof(Shape), "920380")]
    [InlineData(typeof(object), "920101")]
    [InlineData(typeof(Dictionary<int, int>), "8201010102")]
    [InlineData(typeof(Dictionary<string, int>), "81c001")]
    [InlineData(typeof(Guid), "a3616263")]
    [InlineData(typeof(decimal), "a3616263")]
    [InlineData(typeof(DateTime), "cf3fffffffffffffff")]
    [InlineData(typeof(DateOnly), "ff")]
    [InlineData(typeof(TimeOnly), "ff")]
    [InlineData(typeof(DateTimeOffset), "92d6ff00000000cd7fff")]
    [InlineData(typeof(Version), "a3612e62")]
    [InlineData(typeof(int), "0101")]
    public void Hostile_bodies_are_refused(Type type, string hex)
    {
        var payload = new Payload(Convert.FromHexString(hex));
        _ = PayloadCodecs.For(type);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<MessagePackException>(() => PayloadCodecs.Decode(type, payload));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 * 1024);
    }

    [Fact]
    public void A_depth_bomb_is_refused()
    {
        var bomb = new StringBuilder();
        for (var i = 0; i < 100_000; i++)
            bomb.Append("81a44e657874");
        var payload = new Payload(Convert.FromHexString(bomb.ToString()));
        Assert.Throws<MessagePackException>(() => PayloadCodecs.Decode<Node>(payload));
    }

    [Fact]
    public void Many_threads_asking_for_one_type_get_one_codec()
    {
        var codecs = new PayloadCodec[64];
        Parallel.For(0, codecs.Length, i => codecs[i] = PayloadCodecs.For<List<Dictionary<int, Node>>>());
        Assert.All(codecs, codec => Assert.Same(codecs[0], codec));
    }
}
