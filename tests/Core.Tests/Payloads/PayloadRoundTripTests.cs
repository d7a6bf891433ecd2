using System.Buffers;
using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TaskGraph.Tests;

public class PayloadRoundTripTests
{
    [Fact]
    public void Any_scalars_come_back() =>
        Prop.ForAll<(long, double, char, decimal), (Guid, DateTime, DateTimeOffset), (bool, int?, short, TimeSpan)>(
            (a, b, c) => Back(a).Equals(a)
                && Back(b).Equals(b)
                && Back(b.Item2).Kind == b.Item2.Kind
                && Back(c).Equals(c))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Any_records_collections_and_dictionaries_come_back() =>
        Prop.ForAll<int[], Dictionary<int, int>, (int, long, bool)[]>((ints, dictionary, tuples) =>
        {
            var points = Array.ConvertAll(ints, i => new Point(i, -i, i * 3));
            return Back(ints).SequenceEqual(ints)
                && Back(ints.ToList()).SequenceEqual(ints)
                && Back<IEnumerable<int>>(ints.Where(i => i > 3)).SequenceEqual(ints.Where(i => i > 3))
                && Back(points).SequenceEqual(points)
                && Back<IList<Point>>([.. points]).SequenceEqual(points)
                && Back(tuples).SequenceEqual(tuples)
                && Back(dictionary).OrderBy(p => p.Key).SequenceEqual(dictionary.OrderBy(p => p.Key))
                && Back(ints.ToHashSet()).SetEquals(ints);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Scalars_that_are_not_primitives_come_back()
    {
        Assert.Equal("tëxt 😀", Back("tëxt 😀"));
        Assert.Null(Back<string?>(null));
        Assert.Equal(BigInteger.Pow(-7, 300), Back(BigInteger.Pow(-7, 300)));
        Assert.Equal(Int128.MinValue, Back(Int128.MinValue));
        Assert.Equal(UInt128.MaxValue, Back(UInt128.MaxValue));
        Assert.Equal((Half)1.5, Back((Half)1.5));
        Assert.Equal(new Uri("https://example.org/a?b=c"), Back(new Uri("https://example.org/a?b=c")));
        Assert.Equal(new Version(1, 2, 3), Back(new Version(1, 2, 3)));
        Assert.Equal(DateOnly.MaxValue, Back(DateOnly.MaxValue));
        Assert.Equal(TimeOnly.MaxValue, Back(TimeOnly.MaxValue));
        Assert.Equal(Colour.Green, Back(Colour.Green));
        Assert.Equal("1.00", Back(1.00m).ToString());
        Assert.Equal(decimal.MinValue, Back(decimal.MinValue));
        Assert.Equal(new Complex(1, -2), Back(new Complex(1, -2)));
        Assert.Equal(new Vector3(1, 2, 3), Back(new Vector3(1, 2, 3)));
        Assert.Equal(KeyValuePair.Create("k", 5), Back(KeyValuePair.Create("k", 5)));
        Assert.Equal((1, 2, 3, 4, 5, 6, 7, 8, 9), Back((1, 2, 3, 4, 5, 6, 7, 8, 9)));
        Assert.Equal(Tuple.Create(1, "two"), Back(Tuple.Create(1, "two")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData((byte)7)]
    [InlineData(-7)]
    [InlineData(7L)]
    [InlineData(1.5f)]
    [InlineData("text")]
    [InlineData('c')]
    [InlineData(null)]
    public void A_boxed_primitive_keeps_its_type(object? value)
    {
        Assert.Equal(value, Back(value));
        Assert.Equal([value, 1], Back<object?[]>([value, 1]));
    }

    [Fact]
    public void Objects_come_back_by_properties_or_constructor()
    {
        var settable = new Settable { Name = "n", Count = 9, Log = Stream.Null };
        settable.Change(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Local));
        var back = Back(settable);
        Assert.Equal(("n", 9, settable.Changed, null), (back.Name, back.Count, back.Changed, back.Log));
        Assert.Equal(new Size(1.5, 2.5), Back(new Size(1.5, 2.5)));
        Assert.Equal("x", Back(new Fields { A = 1, B = "x" }).B);
        Assert.Equal(["a", "b"], Back(new ByConstructor(4, ["a", "b"])).Tags);
        Assert.Null(Back<Point?>(null));
        Assert.Equal(new { A = 1, B = "two" }, Back(new { A = 1, B = "two" }));
        Assert.Equal(5, Back(new Box<int>(5)).Hidden());
    }

    [Fact]
    public void Members_of_a_base_class_come_back_with_their_private_setters()
    {
        var child = new SettableChild { Name = "n", Extra = 3 };
        child.Change(new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        var back = Back(child);
        Assert.Equal(("n", 3, child.Changed), (back.Name, back.Extra, back.Changed));
    }

    [Fact]
    public void Values_can_be_appended_to_one_blob()
    {
        var blob = new ArrayBufferWriter<byte>();
        PayloadCodecs.Write(blob, 5);
        PayloadCodecs.Write(blob, new byte[] { 1 });
        Assert.Equal("05c40101", Convert.ToHexStringLower(blob.WrittenSpan));
    }

    [Fact]
    public void A_keyed_contract_is_an_array_with_nil_in_its_gaps()
    {
        var payload = PayloadCodecs.Encode(new Keyed { First = 5, Last = "x", NotSent = 1 });
        Assert.Equal("9405c0c0a178", Convert.ToHexStringLower(payload.Body.Span));
        var back = PayloadCodecs.Decode<Keyed>(payload);
        Assert.Equal((5, "x", 0), (back.First, back.Last, back.NotSent));
    }

    [Fact]
    public void Other_contracts_are_maps_whose_order_and_extras_do_not_matter()
    {
        var body = Pack.Bytes((ref MessagePackWriter w) =>
        {
            w.WriteMapHeader(3);
            w.Write("Z");
            w.Write(3);
            w.Write("New");
            w.WriteArrayHeader(1);
            w.WriteNil();
            w.Write("X");
            w.Write(1);
        });
        Assert.Equal(new Point(1, 0, 3), PayloadCodecs.Decode<Point>(new Payload(body)));
        Assert.Equal("83a15801a15902a15a03",
            Convert.ToHexStringLower(PayloadCodecs.Encode(new Point(1, 2, 3)).Body.Span));
    }

    [Fact]
    public void A_union_comes_back_as_the_case_it_was()
    {
        Shape[] shapes = [new Circle(2), new Square(3), new Nothing()];
        Assert.Equal(shapes, Back(shapes));
        Assert.Equal(new Square(4), Back(new Square(4)));
        Assert.Equal(new Nothing(), Back(new Nothing()));
    }

    [Fact]
    public void A_recursive_type_comes_back()
    {
        var node = new Node { Value = 1, Next = new Node { Value = 2 }, Children = [new Node { Value = 3 }] };
        var back = Back(node);
        Assert.Equal((1, 2, 3), (back.Value, back.Next!.Value, back.Children[0].Value));
    }

    [Fact]
    public void Times_of_every_kind_keep_it()
    {
        foreach (var kind in Enum.GetValues<DateTimeKind>())
        {
            var time = new DateTime(2026, 5, 6, 7, 8, 9, 123, kind);
            Assert.Equal((time, kind), (Back(time), Back(time).Kind));
        }
    }

    [Fact]
    public void Immutable_arrays_and_memory_come_back()
    {
        Assert.Equal([1, 2], Back<ImmutableArray<int>>([1, 2]).AsSpan());
        Assert.True(Back(default(ImmutableArray<string>)).IsDefault);
        Assert.Equal([2, 3], Back((Memory<int>)new[] { 1, 2, 3, 4 }.AsMemory(1, 2)).ToArray());
        ReadOnlyMemory<byte> letters = "abcd"u8.ToArray().AsMemory(1, 2);
        Assert.Equal("bc", Encoding.ASCII.GetString(Back(letters).Span));
        Assert.Equal("bcd", new string(Back("abcd".AsMemory(1)).Span));
        Assert.Equal([Colour.Red, Colour.Green], Back<Colour[]>([Colour.Red, Colour.Green]));
        Assert.True(Back<string?[]>(["a", null]).SequenceEqual(["a", null]));
        Assert.Equal([[1], [2, 3]], Back<int[][]>([[1], [2, 3]]));
    }

    internal static T Back<T>(T value)
    {
        var type = typeof(T);
        var payload = PayloadCodecs.Encode(value);
        var viaObject = PayloadCodecs.Encode(type, value);
        Assert.Equal(payload.Body.ToArray(), viaObject.Body.ToArray());
        var boxed = PayloadCodecs.Decode(type, viaObject);
        Assert.Equal(value is null, boxed is null);
        Assert.True(PayloadCodecs.For<T>().Measure(value) >= 0);
        return PayloadCodecs.Decode<T>(payload);
    }
}
