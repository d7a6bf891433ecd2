using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace TaskGraph.Tests;

public class NotSerializableTests
{
    private sealed record WithObject(string Name, object Anything);

    private sealed record Deep(Order[] Orders, Dictionary<string, Order> ByName);

    private sealed record Ring<T>(Ring<Ring<T>>? Next);

    [Fact]
    public void A_member_that_cannot_travel_is_named_by_its_path_before_anything_is_sent()
    {
        var e = Assert.Throws<NotSerializableException>(() => PayloadCodecs.For<Order>());
        Assert.Equal("Order.Lines[].Stream", e.Path);
        Assert.Equal(typeof(Stream), e.Type);
        Assert.Contains("send its bytes", e.Message);

        e = Assert.Throws<NotSerializableException>(() => PayloadCodecs.For<Deep>());
        Assert.Equal("Deep.Orders[].Lines[].Stream", e.Path);
        e = Assert.Throws<NotSerializableException>(() => PayloadCodecs.For<Dictionary<string, Order>>());
        Assert.Equal("Dictionary<String, Order>[].Lines[].Stream", e.Path);
    }

    [Theory]
    [InlineData(typeof(Action))]
    [InlineData(typeof(Func<int>))]
    [InlineData(typeof(MemoryStream))]
    [InlineData(typeof(CancellationToken))]
    [InlineData(typeof(System.Threading.Tasks.Task<int>))]
    [InlineData(typeof(ValueTask<int>))]
    [InlineData(typeof(IntPtr))]
    [InlineData(typeof(int*))]
    [InlineData(typeof(Span<int>))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(Type))]
    [InlineData(typeof(Thread))]
    [InlineData(typeof(IDisposable))]
    [InlineData(typeof(StringBuilder))]
    [InlineData(typeof(Regex))]
    [InlineData(typeof(Random))]
    [InlineData(typeof(Index))]
    [InlineData(typeof(List<>))]
    [InlineData(typeof(Queue<int>))]
    [InlineData(typeof(Secretive))]
    [InlineData(typeof(Unrestorable))]
    [InlineData(typeof(WrongCodec))]
    [InlineData(typeof(Ring<int>))]
    [InlineData(typeof(NotSerializableTests))]
    public void A_type_that_cannot_travel_is_refused_when_its_codec_is_built(Type type)
    {
        var e = Assert.Throws<NotSerializableException>(() => PayloadCodecs.For(type));
        Assert.NotEmpty(e.Reason);

        // A refusal is not cached as half a codec: asking again refuses again.
        Assert.Throws<NotSerializableException>(() => PayloadCodecs.For(type));
    }

    [Fact]
    public void An_automatic_property_that_could_not_be_set_is_refused_by_name()
    {
        var e = Assert.Throws<NotSerializableException>(() => PayloadCodecs.For<Unrestorable>());
        Assert.Equal("Unrestorable.Items", e.Path);
        Assert.Contains("[IgnoreDataMember]", e.Message);
    }

    [Fact]
    public void An_object_member_carries_primitives_and_refuses_the_rest_by_path()
    {
        Assert.Equal(5L, PayloadRoundTripTests.Back(new WithObject("n", 5L)).Anything);
        var e = Assert.Throws<NotSerializableException>(
            () => PayloadCodecs.Encode(new List<WithObject> { new("a", 1), new("b", new Point(1, 2, 3)) }));
        Assert.Equal("List<WithObject>[].Anything", e.Path);
        Assert.Equal(typeof(Point), e.Type);
        Assert.Throws<NotSerializableException>(() => PayloadCodecs.Encode<object>(Colour.Red));
    }

    [Fact]
    public void Each_value_written_to_one_blob_begins_a_path_of_its_own()
    {
        var blob = new ArrayBufferWriter<byte>();
        PayloadCodecs.Write(blob, 1);
        var bad = new WithObject("b", new Point(1, 2, 3));
        Assert.Equal("WithObject.Anything",
            Assert.Throws<NotSerializableException>(() => PayloadCodecs.Write(blob, bad)).Path);
        Assert.Equal("WithObject.Anything", Assert.Throws<NotSerializableException>(() =>
        {
            var writer = new PayloadWriter(blob);
            PayloadCodecs.WriteObject(ref writer, PayloadCodecs.For<WithObject>(), bad);
        }).Path);
    }

    [Fact]
    public void A_string_that_is_no_text_is_refused_by_path()
    {
        var e = Assert.Throws<NotSerializableException>(() => PayloadCodecs.Encode(new Fields { B = "x\ud800" }));
        Assert.Equal("Fields.B", e.Path);
        Assert.Equal("x\ud800", PayloadRoundTripTests.Back("x\ud800".ToCharArray()));
    }

    [Fact]
    public void A_derived_object_is_refused_instead_of_cut_down_to_its_base()
    {
        OpenBase[] values = [new OpenBase(1), new OpenDerived(1, 2)];
        var e = Assert.Throws<NotSerializableException>(() => PayloadCodecs.Encode(values));
        Assert.Equal(("OpenBase[][]", typeof(OpenDerived)), (e.Path, e.Type));
        Assert.Contains("[KnownType(typeof(OpenDerived))]", e.Message);
        Assert.Throws<NotSerializableException>(() => PayloadCodecs.Encode<Shape>(new Undeclared(5)));
    }

    [Fact]
    public void A_cycle_is_refused_with_its_path()
    {
        var node = new Node { Children = [new Node()] };
        node.Children[0].Next = node;
        var e = Assert.Throws<NotSerializableException>(() => PayloadCodecs.Encode(node));
        Assert.Equal("Node.Children[].Next", e.Path);
        Assert.Contains("refers back to itself", e.Message);
        Assert.Throws<NotSerializableException>(() => PayloadCodecs.For<Node>().Measure(node));
    }

    [Fact]
    public void A_chain_deeper_than_the_limit_is_refused_and_one_within_it_arrives()
    {
        Assert.Equal(1, Depth(PayloadRoundTripTests.Back(Chain(1))));
        const int Limit = MessagePackReader.MaxDepth - 1;
        Assert.Equal(Limit, Depth(PayloadRoundTripTests.Back(Chain(Limit))));
        var e = Assert.Throws<NotSerializableException>(() => PayloadCodecs.Encode(Chain(65)));
        Assert.Contains("64 levels", e.Message);
        Assert.StartsWith("Node.Next.Next", e.Path);
    }

    [Fact]
    public void A_comparer_of_its_own_is_refused()
    {
        var set = new HashSet<string>(["a"], StringComparer.OrdinalIgnoreCase);
        Assert.Throws<NotSerializableException>(() => PayloadCodecs.Encode(set));
        Assert.Throws<NotSerializableException>(() => PayloadCodecs.Encode(set.ToDictionary(s => s, set.Comparer)));
        var ordinal = new Dictionary<string, int>(StringComparer.Ordinal) { ["a"] = 1 };
        Assert.Equal(1, PayloadRoundTripTests.Back(ordinal)["a"]);
    }

    private static Node Chain(int length)
    {
        Node? node = null;
        for (var i = 0; i < length; i++)
            node = new Node { Next = node };
        return node!;
    }

    private static int Depth(Node? node) => node is null ? 0 : 1 + Depth(node.Next);
}
