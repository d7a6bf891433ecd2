using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Journal;

/// <summary>
/// The bytes of a journal, little-endian. A file begins with <c>TGJL</c>, its version (u32) and its generation (u64).
/// A record is <c>length u32 | crc32c u32 | role u8 | peer u64 | message</c>; length and checksum cover role, peer and
/// message, which is encoded as on the wire.
/// </summary>
internal static class JournalFormat
{
    /// <summary>The version that this build writes; it reads all from 1 on.</summary>
    public const uint Version = 1;

    /// <summary>Bytes before the first record.</summary>
    public const int HeaderSize = 16;

    /// <summary>Bytes of a record before its message.</summary>
    public const int PrefixSize = 17;

    /// <summary>Largest record: a message that came in one frame, with room to spare.</summary>
    public const int MaxRecordBytes = 64 << 20;

    private const uint Magic = 0x4C4A_4754;
    private const int CoveredPrefix = 9;

    public static byte[] Header(ulong generation)
    {
        byte[] header = new byte[HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), Version);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(8), generation);
        return header;
    }

    /// <summary>Checks a file's first bytes; returns what is wrong with them, or null.</summary>
    public static string? CheckHeader(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic)
            return "it does not begin as a journal does";
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        return version is >= 1 and <= Version
            ? null
            : $"it is of format version {version}; this build reads 1 to {Version}";
    }

    /// <summary>Appends a record.</summary>
    public static void Write(ArrayBufferWriter<byte> output, in Machine.JournalEntry entry)
    {
        int start = output.WrittenCount;
        Span<byte> prefix = output.GetSpan(PrefixSize);
        prefix[8] = (byte)entry.Role;
        BinaryPrimitives.WriteUInt64LittleEndian(prefix[9..], entry.Peer);
        output.Advance(PrefixSize);
        MessagePackWriter writer = new(output);
        MessageCodec.Write(ref writer, entry.Message);
        writer.Flush();
        Span<byte> record = MemoryMarshal.AsMemory(output.WrittenMemory[start..]).Span;
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(record.Length - PrefixSize + CoveredPrefix));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record[8..]));
    }

    /// <summary>
    /// The length of the whole record that <paramref name="bytes"/> begin with; 0 = incomplete, −1 = damaged.
    /// </summary>
    public static int RecordLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < PrefixSize)
            return 0;
        uint covered = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (covered is < CoveredPrefix or > MaxRecordBytes)
            return -1;
        int length = 8 + (int)covered;
        if (bytes.Length < length)
            return 0;
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == Checksum(bytes[8..length]) ? length : -1;
    }

    public static PeerRole RoleOf(ReadOnlySpan<byte> record) => (PeerRole)record[8];

    public static ulong PeerOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt64LittleEndian(record[9..]);

    public static Message MessageOf(ReadOnlySpan<byte> record)
    {
        MessagePackReader reader = new(record[PrefixSize..]);
        return MessageCodec.Read(ref reader);
    }

    /// <summary>The kind of a record's message, and its first field if that is a submission's number.</summary>
    public static MessageKind KindOf(ReadOnlySpan<byte> record, out ulong submission)
    {
        MessagePackReader reader = new(record[PrefixSize..]);
        reader.ReadArrayHeader(2);
        MessageKind kind = (MessageKind)reader.ReadInt32();
        submission = 0;
        if (kind is MessageKind.SubmitTasks or MessageKind.RegisterData)
        {
            reader.ReadArrayHeader();
            submission = reader.ReadUInt64();
        }

        return kind;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint state = ~0u;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
            state = BitOperations.Crc32C(state, word);
        foreach (byte single in bytes[(bytes.Length & ~7)..])
            state = BitOperations.Crc32C(state, single);
        return ~state;
    }
}
