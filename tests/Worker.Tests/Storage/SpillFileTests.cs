using FsCheck;
using FsCheck.Fluent;
using TaskGraph;
using TaskGraph.Worker.Storage;

namespace Worker.Tests.Storage;

public sealed class SpillFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("spill-").FullName;
    private int _files;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_is_written_is_read_with_and_without_compression()
    {
        foreach (var doBytesCount in new[] { false, true })
        {
            foreach (var length in new[] { 0, 1, 1_000, 262_144, 262_145, 3_000_000 })
            {
                var doubles = Enumerable.Range(0, length / 8).Select(i => (double)(i % 1_000)).ToArray();
                Assert.Equal(doubles, RoundTrip(doubles, doBytesCount));
            }
        }
    }

    [Fact]
    public void Large_bodies_and_many_buffers_travel_together()
    {
        var value = new Dictionary<string, double[]>();
        for (var i = 0; i < 50; i++)
            value[new string('k', 10_000 + i)] = [.. Enumerable.Range(0, 1_000 * i).Select(n => (double)n)];
        var read = RoundTrip(value, doBytesCount: true);
        Assert.Equal(value.Count, read.Count);
        foreach (var (key, doubles) in value)
            Assert.Equal(doubles, read[key]);
    }

    [Fact]
    public void A_compressible_value_takes_less_of_the_disk_when_bytes_count()
    {
        var path = Write(new double[1_000_000], doBytesCount: true);
        Assert.InRange(new FileInfo(path).Length, 1, 400_000);
    }

    [Fact]
    public void One_flipped_bit_anywhere_is_found()
    {
        var path = Write(Enumerable.Range(0, 5_000).ToArray(), doBytesCount: true);
        var bytes = File.ReadAllBytes(path);
        var bits = Gen.Choose(0, (bytes.Length * 8) - 1).ToArbitrary();
        Prop.ForAll(bits, bit =>
        {
            var damaged = (byte[])bytes.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, damaged);
            return Assert.Throws<SpillDamagedException>(() => SpillFileReader.Read(path)).Message.Contains(path);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_found()
    {
        var path = Write(Enumerable.Range(0, 5_000).ToArray(), doBytesCount: false);
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length += 97)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Throws<SpillDamagedException>(() => SpillFileReader.Read(path));
        }
    }

    [Fact]
    public void A_value_that_cannot_be_encoded_leaves_no_file()
    {
        var codec = PayloadCodecs.For<Sometimes>();
        var value = StoredValue.Of(new TaskId(1, 1), new Sometimes(), codec, 10);
        Assert.ThrowsAny<Exception>(() => new SpillFileWriter(new CompressionChoice(false)).Write(NewPath(), value));
        Assert.Empty(Directory.GetFiles(_directory));
    }

    private T RoundTrip<T>(T value, bool doBytesCount) =>
        PayloadCodecs.Decode<T>(SpillFileReader.Read(Write(value, doBytesCount)));

    private string Write<T>(T value, bool doBytesCount)
    {
        var path = NewPath();
        var stored = StoredValue.Of(new TaskId(1, 1), value, PayloadCodecs.For<T>(), 10);
        var length = new SpillFileWriter(new CompressionChoice(doBytesCount)).Write(path, stored);
        Assert.Equal(new FileInfo(path).Length, length);
        return path;
    }

    private string NewPath() => Path.Combine(_directory, $"{_files++}");

    [PayloadCodec(typeof(NeverCodec))]
    internal sealed class Sometimes;

    internal sealed class NeverCodec : PayloadCodec<Sometimes>
    {
        public override void Write(ref PayloadWriter writer, Sometimes value) =>
            throw new InvalidOperationException("not today");

        public override Sometimes Read(ref PayloadReader reader) => new();
    }
}
