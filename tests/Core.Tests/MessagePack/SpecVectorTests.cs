namespace TaskGraph.Tests;

/// <summary>Bytes as the specification and MessagePack-CSharp write them.</summary>
public class SpecVectorTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7f")]
    [InlineData(128, "cc80")]
    [InlineData(255, "ccff")]
    [InlineData(256, "cd0100")]
    [InlineData(65535, "cdffff")]
    [InlineData(65536, "ce00010000")]
    [InlineData(4294967295, "ceffffffff")]
    [InlineData(4294967296, "cf0000000100000000")]
    [InlineData(long.MaxValue, "cf7fffffffffffffff")]
    [InlineData(-1, "ff")]
    [InlineData(-32, "e0")]
    [InlineData(-33, "d0df")]
    [InlineData(-128, "d080")]
    [InlineData(-129, "d1ff7f")]
    [InlineData(-32768, "d18000")]
    [InlineData(-32769, "d2ffff7fff")]
    [InlineData(int.MinValue, "d280000000")]
    [InlineData(int.MinValue - 1L, "d3ffffffff7fffffff")]
    [InlineData(long.MinValue, "d38000000000000000")]
    public void An_integer_takes_its_smallest_form(long value, string hex)
    {
        Assert.Equal(hex, Pack.Hex((ref MessagePackWriter w) => w.Write(value)));
        var reader = new MessagePackReader(Convert.FromHexString(hex));
        Assert.Equal(value, reader.ReadInt64());
        Assert.True(reader.End);
    }

    [Fact]
    public void Scalars_have_the_bytes_of_the_specification()
    {
        Assert.Equal("c0", Pack.Hex((ref MessagePackWriter w) => w.WriteNil()));
        Assert.Equal("c2", Pack.Hex((ref MessagePackWriter w) => w.Write(false)));
        Assert.Equal("c3", Pack.Hex((ref MessagePackWriter w) => w.Write(true)));
        Assert.Equal("ca3fc00000", Pack.Hex((ref MessagePackWriter w) => w.Write(1.5f)));
        Assert.Equal("cb3ff8000000000000", Pack.Hex((ref MessagePackWriter w) => w.Write(1.5)));
        Assert.Equal("cfffffffffffffffff", Pack.Hex((ref MessagePackWriter w) => w.Write(ulong.MaxValue)));
        Assert.Equal("c0", Pack.Hex((ref MessagePackWriter w) => w.Write((string?)null)));
    }

    [Theory]
    [InlineData(0, "a0")]
    [InlineData(31, "bf")]
    [InlineData(32, "d920")]
    [InlineData(255, "d9ff")]
    [InlineData(256, "da0100")]
    [InlineData(65535, "daffff")]
    [InlineData(65536, "db00010000")]
    public void A_string_has_the_smallest_header_for_its_utf8_length(int length, string header)
    {
        var ascii = new string('x', length);
        Assert.Equal(header + string.Concat(Enumerable.Repeat("78", length)),
            Pack.Hex((ref MessagePackWriter w) => w.Write(ascii)));
        if (length % 3 == 0)
        {
            var euros = new string('€', length / 3);
            Assert.Equal(header + string.Concat(Enumerable.Repeat("e282ac", length / 3)),
                Pack.Hex((ref MessagePackWriter w) => w.Write(euros)));
        }
    }

    [Theory]
    [InlineData(0, "c400")]
    [InlineData(255, "c4ff")]
    [InlineData(256, "c50100")]
    [InlineData(65536, "c600010000")]
    public void A_bin_has_the_smallest_header(int length, string header) =>
        Assert.Equal(header, Pack.Hex((ref MessagePackWriter w) => w.WriteBinaryHeader(length)));

    [Theory]
    [InlineData(0, "90", "80")]
    [InlineData(15, "9f", "8f")]
    [InlineData(16, "dc0010", "de0010")]
    [InlineData(65535, "dcffff", "deffff")]
    [InlineData(65536, "dd00010000", "df00010000")]
    public void Containers_have_the_smallest_header(int count, string array, string map)
    {
        Assert.Equal(array, Pack.Hex((ref MessagePackWriter w) => w.WriteArrayHeader(count)));
        Assert.Equal(map, Pack.Hex((ref MessagePackWriter w) => w.WriteMapHeader(count)));
    }

    [Theory]
    [InlineData(1, "d405")]
    [InlineData(2, "d505")]
    [InlineData(4, "d605")]
    [InlineData(8, "d705")]
    [InlineData(16, "d805")]
    [InlineData(3, "c70305")]
    [InlineData(0, "c70005")]
    [InlineData(256, "c8010005")]
    [InlineData(65536, "c90001000005")]
    public void An_extension_has_the_smallest_header(int length, string header) =>
        Assert.Equal(header, Pack.Hex((ref MessagePackWriter w) => w.WriteExtensionHeader(5, length)));

    [Theory]
    [InlineData("1970-01-01T00:00:00Z", "d6ff00000000")]
    [InlineData("2106-02-07T06:28:15Z", "d6ffffffffff")]
    [InlineData("1970-01-01T00:00:00.0000001Z", "d7ff0000019000000000")]
    [InlineData("2106-02-07T06:28:16Z", "d7ff0000000100000000")]
    [InlineData("1969-12-31T23:59:59.5Z", "c70cff1dcd6500ffffffffffffffff")]
    [InlineData("0001-01-01T00:00:00Z", "c70cff00000000fffffff1886e0900")]
    public void A_timestamp_takes_its_smallest_form(string time, string hex)
    {
        var value = DateTimeOffset.Parse(time).UtcDateTime;
        Assert.Equal(hex, Pack.Hex((ref MessagePackWriter w) => w.Write(value)));
        var read = new MessagePackReader(Convert.FromHexString(hex)).ReadDateTime();
        Assert.Equal((value, DateTimeKind.Utc), (read, read.Kind));
    }

    [Theory]
    [InlineData("00", MessagePackType.Integer)]
    [InlineData("80", MessagePackType.Map)]
    [InlineData("90", MessagePackType.Array)]
    [InlineData("a0", MessagePackType.String)]
    [InlineData("c0", MessagePackType.Nil)]
    [InlineData("c1", MessagePackType.Invalid)]
    [InlineData("c3", MessagePackType.Boolean)]
    [InlineData("c4", MessagePackType.Binary)]
    [InlineData("c9", MessagePackType.Extension)]
    [InlineData("cb", MessagePackType.Float)]
    [InlineData("cc", MessagePackType.Integer)]
    [InlineData("d3", MessagePackType.Integer)]
    [InlineData("d8", MessagePackType.Extension)]
    [InlineData("db", MessagePackType.String)]
    [InlineData("dd", MessagePackType.Array)]
    [InlineData("df", MessagePackType.Map)]
    [InlineData("e0", MessagePackType.Integer)]
    public void A_first_byte_tells_the_family(string hex, MessagePackType type) =>
        Assert.Equal(type, new MessagePackReader(Convert.FromHexString(hex)).NextType);
}
