using System.Diagnostics;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TaskGraph.Tests;

/// <summary>Our bytes against those of python3-msgpack, both ways.</summary>
public class OracleTests
{
    private const string Script = """
        import sys, binascii, msgpack
        for line in sys.stdin:
            data = binascii.unhexlify(line.strip())
            value = msgpack.unpackb(data, raw=False, strict_map_key=False, timestamp=0)
            again = msgpack.packb(value, use_bin_type=True)
            sys.stdout.write(repr(value).replace("\n", " ") + "\t" + binascii.hexlify(again).decode() + "\n")
        """;

    [OracleFact]
    public void Python_reads_what_we_write_and_writes_the_same_bytes()
    {
        // Its packer, too, takes the smallest form of everything; only float32 becomes float64 there.
        var generator = ArbMap.Default.GeneratorFor<(long, double, bool, byte[], UnicodeString, ulong)>();
        var values = generator.Sample(500, 40).Select(Encode).ToArray();
        var answers = Ask(values);
        Assert.Equal(values.Length, answers.Length);
        for (var i = 0; i < values.Length; i++)
            Assert.Equal(Convert.ToHexStringLower(values[i]), answers[i].Split('\t')[1]);
    }

    [OracleFact]
    public void Python_sees_the_values_we_meant()
    {
        AssertSeen("-129", (ref MessagePackWriter w) => w.Write(-129));
        AssertSeen("18446744073709551615", (ref MessagePackWriter w) => w.Write(ulong.MaxValue));
        AssertSeen("-9223372036854775808", (ref MessagePackWriter w) => w.Write(long.MinValue));
        AssertSeen("1.5", (ref MessagePackWriter w) => w.Write(1.5f));
        AssertSeen("[None, True, False]", (ref MessagePackWriter w) =>
        {
            w.WriteArrayHeader(3);
            w.WriteNil();
            w.Write(true);
            w.Write(false);
        });
        AssertSeen("{'key': b'\\x01\\x02'}", (ref MessagePackWriter w) =>
        {
            w.WriteMapHeader(1);
            w.Write("key");
            w.WriteBinary([1, 2]);
        });
        AssertSeen("ExtType(code=5, data=b'abc')", (ref MessagePackWriter w) =>
        {
            w.WriteExtensionHeader(5, 3);
            w.WriteRaw("abc"u8);
        });
    }

    [OracleFact]
    public void Python_sees_the_times_we_meant()
    {
        string[] times =
            ["1970-01-01T00:00:01Z", "2040-02-03T04:05:06.75Z", "2500-01-01T00:00:00.0000001Z", "0001-01-01T00:00:00Z"];
        foreach (var text in times)
        {
            var time = DateTimeOffset.Parse(text).UtcDateTime;
            var ticks = time.Ticks - DateTime.UnixEpoch.Ticks;
            var seconds = (long)Math.Floor(ticks / (decimal)TimeSpan.TicksPerSecond);
            var nanoseconds = (ticks - (seconds * TimeSpan.TicksPerSecond)) * 100;
            var expected = $"Timestamp(seconds={seconds}, nanoseconds={nanoseconds})";
            AssertSeen(expected, (ref MessagePackWriter w) => w.Write(time));
        }
    }

    private static byte[] Encode((long, double, bool, byte[], UnicodeString, ulong) value) =>
        Pack.Bytes((ref MessagePackWriter w) =>
        {
            var text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value.Item5.Get));
            w.WriteArrayHeader(8);
            w.Write(value.Item1 << (int)Math.Abs(value.Item1 % 64));
            w.Write(value.Item2);
            w.Write(value.Item3);
            w.WriteBinary(value.Item4);
            w.Write(text);
            w.Write(value.Item6);
            w.Write(string.Concat(Enumerable.Repeat(text, 20)));
            w.WriteMapHeader(1);
            w.Write(-1);
            w.WriteColumn<int>([1, 2, 3]);
        });

    private static void AssertSeen(string expected, PackAction write) =>
        Assert.Equal(expected, Ask([Pack.Bytes(write)])[0].Split('\t')[0]);

    private static string[] Ask(byte[][] messages)
    {
        var start = new ProcessStartInfo(OracleFactAttribute.Python, ["-c", Script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            Environment = { ["PYTHONIOENCODING"] = "utf-8" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        foreach (var message in messages)
            process.StandardInput.WriteLine(Convert.ToHexStringLower(message).ToString(CultureInfo.InvariantCulture));
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return output.Result.TrimEnd('\n').Split('\n');
    }
}
