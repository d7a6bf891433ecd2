using System.Buffers.Binary;
using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using TaskGraph.Compression;

namespace Core.Tests.Compression;

public class Lz4BlockTests
{
    [Fact]
    public void Whatever_is_encoded_decodes_to_the_same_bytes()
    {
        var seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();
        Prop.ForAll(seeds, seed => Decode(Encode(Sample(seed)), Sample(seed).Length).AsSpan().SequenceEqual(Sample(seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void Repetitive_bytes_shrink_and_noise_hardly_grows()
    {
        Assert.True(Encode(new byte[100_000]).Length < 500);
        var noise = new byte[100_000];
        new Random(1).NextBytes(noise);
        Assert.InRange(Encode(noise).Length, noise.Length, Lz4Block.MaxEncodedLength(noise.Length));
    }

    [Fact]
    public void Encoding_gives_up_when_the_target_is_too_small()
    {
        var noise = new byte[10_000];
        new Random(2).NextBytes(noise);
        Assert.Equal(-1, Lz4Block.Encode(noise, new byte[9_000]));
    }

    [Fact]
    public void Damaged_blocks_are_refused_or_decode_to_something_and_never_throw()
    {
        var random = new Random(3);
        for (var round = 0; round < 2_000; round++)
        {
            var raw = Sample(round);
            var block = Encode(raw);
            for (var flip = 0; flip < 3; flip++)
                block[random.Next(block.Length)] ^= (byte)(1 << random.Next(8));
            Lz4Block.TryDecode(block.AsSpan(0, random.Next(block.Length + 1)), new byte[raw.Length]);
        }

        Assert.False(Lz4Block.TryDecode([], new byte[1]));
        Assert.False(Lz4Block.TryDecode([0x10, 1, 5, 0], new byte[10]));
        Assert.False(Lz4Block.TryDecode([0xF0, 255, 255, 255, 255], new byte[10]));
    }

    [Lz4Fact]
    public void The_lz4_tool_reads_what_was_written_here()
    {
        foreach (var seed in Enumerable.Range(0, 20))
        {
            var raw = Sample(seed);
            if (raw.Length > 0)
                Assert.Equal(raw, RunLz4(Legacy(Encode(raw)), "-d", "-c"));
        }
    }

    [Lz4Fact]
    public void What_the_lz4_tool_writes_is_read_here()
    {
        foreach (var seed in Enumerable.Range(0, 20))
        {
            var raw = Sample(seed);
            if (raw.Length == 0)
                continue;
            var frame = RunLz4(raw, "-l", "-c");
            var length = BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(4));
            Assert.Equal(raw, Decode(frame[8..(8 + length)], raw.Length));
        }
    }

    /// <summary>The tool's legacy format: a magic number, then blocks with nothing but their lengths before them.</summary>
    private static byte[] Legacy(byte[] block)
    {
        var frame = new byte[8 + block.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, 0x184C2102);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), block.Length);
        block.CopyTo(frame, 8);
        return frame;
    }

    private static byte[] RunLz4(byte[] input, params string[] args)
    {
        var start = new ProcessStartInfo("lz4", args) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var feeding = Task.Run(() =>
        {
            using var stream = process.StandardInput.BaseStream;
            stream.Write(input);
        });
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        feeding.Wait();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }

    private static byte[] Encode(byte[] raw)
    {
        var block = new byte[Lz4Block.MaxEncodedLength(raw.Length)];
        return block[..Lz4Block.Encode(raw, block)];
    }

    private static byte[] Decode(byte[] block, int length)
    {
        var raw = new byte[length];
        Assert.True(Lz4Block.TryDecode(block, raw));
        return raw;
    }

    /// <summary>Noise, runs and repeated stretches, from nothing to 200 KB.</summary>
    private static byte[] Sample(int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[random.Next(4) == 0 ? random.Next(30) : random.Next(200_000)];
        for (var at = 0; at < bytes.Length;)
        {
            var stretch = bytes.AsSpan(at, Math.Min(bytes.Length - at, random.Next(1, 5_000)));
            if (random.Next(3) == 0)
                random.NextBytes(stretch);
            else if (random.Next(2) == 0)
                stretch.Fill((byte)random.Next(256));
            else if (at > 0)
                bytes.AsSpan(0, Math.Min(at, stretch.Length)).CopyTo(stretch);
            at += stretch.Length;
        }

        return bytes;
    }

    /// <summary>A fact that needs the lz4 tool.</summary>
    private sealed class Lz4FactAttribute : FactAttribute
    {
        private static readonly string[] s_places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');

        public Lz4FactAttribute()
        {
            if (!s_places.Any(place => File.Exists(Path.Combine(place, "lz4"))))
                Skip = "the lz4 tool is not installed";
        }
    }
}
