using System.Buffers;
using System.Buffers.Binary;

namespace TaskGraph.Ml;

/// <summary>
/// What the first trainer reports after an epoch: the figures, and a state to go on from if the group is lost.
/// Reports are small, so it travels in parts: epoch, part, parts (32-bit little-endian each), then bytes.
/// </summary>
internal sealed record EpochMessage
{
    private const int HeaderBytes = 3 * sizeof(int);
    private const int MaxPartBytes = (256 << 10) - HeaderBytes;

    /// <summary>The figures.</summary>
    public EpochReport Report { get; init; } = new();

    /// <summary>The state after the epoch.</summary>
    public TrainerState State { get; init; } = new();

    /// <summary>The parts to report, in order.</summary>
    public IEnumerable<byte[]> ToParts()
    {
        var buffer = new ArrayBufferWriter<byte>();
        PayloadCodecs.Write(buffer, this);
        var bytes = buffer.WrittenMemory;
        int parts = Math.Max(1, (bytes.Length + MaxPartBytes - 1) / MaxPartBytes);
        for (int part = 0; part < parts; part++)
        {
            var rest = bytes[(part * MaxPartBytes)..];
            var content = rest[..Math.Min(MaxPartBytes, rest.Length)];
            byte[] report = new byte[HeaderBytes + content.Length];
            BinaryPrimitives.WriteInt32LittleEndian(report, Report.Epoch);
            BinaryPrimitives.WriteInt32LittleEndian(report.AsSpan(sizeof(int)), part);
            BinaryPrimitives.WriteInt32LittleEndian(report.AsSpan(2 * sizeof(int)), parts);
            content.CopyTo(report.AsMemory(HeaderBytes));
            yield return report;
        }
    }

    /// <summary>Puts parts together again; an epoch of which a part is missing is passed over.</summary>
    public sealed class Assembler
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();
        private int _epoch;
        private int _next;

        /// <summary>Takes the next report; the message when it was the last part of one, else null.</summary>
        public EpochMessage? Add(ReadOnlySpan<byte> report)
        {
            if (report.Length < HeaderBytes)
                return null;
            int epoch = BinaryPrimitives.ReadInt32LittleEndian(report);
            int part = BinaryPrimitives.ReadInt32LittleEndian(report[sizeof(int)..]);
            int parts = BinaryPrimitives.ReadInt32LittleEndian(report[(2 * sizeof(int))..]);
            if (part == 0)
            {
                _bytes.ResetWrittenCount();
                (_epoch, _next) = (epoch, 0);
            }

            if (epoch != _epoch || part != _next)
                return null;
            _bytes.Write(report[HeaderBytes..]);
            return ++_next == parts ? PayloadCodecs.Decode<EpochMessage>(new Payload(_bytes.WrittenMemory)) : null;
        }
    }
}
