using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using TaskGraph.Compression;

namespace TaskGraph.Worker.Storage;

/// <summary>Reads spill files; every byte is checked before it is used.</summary>
internal static class SpillFileReader
{
    // Far more parts than any value has: it bounds what a damaged count can make the reader allocate.
    private const int MaxParts = 1 << 20;

    /// <summary>The whole value.</summary>
    /// <exception cref="SpillDamagedException">The file is not what was written.</exception>
    public static Payload Read(string path)
    {
        var block = ArrayPool<byte>.Shared.Rent(SpillFormat.HeaderBytes + SpillFormat.BlockBytes);
        try
        {
            using var file = File.OpenHandle(path);
            var lengths = ReadLengths(file, path);
            long offset = 0;
            var parts = new ReadOnlyMemory<byte>[lengths.Length];
            for (var i = 0; i < parts.Length; i++)
                parts[i] = ReadPart(file, lengths[i], ref offset, block, path);
            return new Payload(parts[0], parts.Length > 1 ? parts[1..] : null);
        }
        catch (IOException e)
        {
            throw new SpillDamagedException(path, e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static Memory<byte> ReadPart(SafeFileHandle file, long entry, ref long offset, byte[] block, string path)
    {
        var part = ArrayBuffers.Allocate(SpillFormat.ElementOf(entry), checked((int)SpillFormat.LengthOf(entry)));
        var filled = 0;
        while (filled < part.Length)
        {
            var stored = ReadBlock(file, offset, block, path, out var raw);
            if (raw > part.Length - filled || raw == 0)
                throw new SpillDamagedException(path, $"a block at {offset} is longer than its part");
            var target = part.Span.Slice(filled, raw);
            var bytes = block.AsSpan(SpillFormat.HeaderBytes, stored);
            if (stored == raw)
                bytes.CopyTo(target);
            else if (!Lz4Block.TryDecode(bytes, target))
                throw new SpillDamagedException(path, $"the block at {offset} cannot be decoded");
            filled += raw;
            offset += SpillFormat.HeaderBytes + stored;
        }

        return part;
    }

    private static int ReadBlock(SafeFileHandle file, long offset, byte[] block, string path, out int raw)
    {
        Fill(file, block.AsSpan(0, SpillFormat.HeaderBytes), offset, path);
        raw = BinaryPrimitives.ReadInt32LittleEndian(block);
        var stored = BinaryPrimitives.ReadInt32LittleEndian(block.AsSpan(4));
        if (raw is < 0 or > SpillFormat.BlockBytes || stored < 0 || stored > raw)
            throw new SpillDamagedException(path, $"the header of the block at {offset} makes no sense");
        Fill(file, block.AsSpan(SpillFormat.HeaderBytes, stored), offset + SpillFormat.HeaderBytes, path);
        if (SpillFormat.Checksum(block.AsSpan(0, SpillFormat.HeaderBytes + stored))
            != BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(8)))
            throw new SpillDamagedException(path, $"the checksum of the block at {offset} is wrong");
        return stored;
    }

    private static long[] ReadLengths(SafeFileHandle file, string path)
    {
        var size = RandomAccess.GetLength(file);
        Span<byte> end = stackalloc byte[SpillFormat.TailBytes];
        Fill(file, end, size - end.Length, path);
        var count = BinaryPrimitives.ReadInt32LittleEndian(end);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end[8..]) != SpillFormat.Magic || count is < 1 or > MaxParts)
            throw new SpillDamagedException(path, "its end makes no sense");
        var tail = new byte[(count * sizeof(long)) + 4];
        Fill(file, tail, size - SpillFormat.TailBytes - (count * sizeof(long)), path);
        if (Crc32C.Of(tail) != BinaryPrimitives.ReadUInt32LittleEndian(end[4..]))
            throw new SpillDamagedException(path, "the checksum of its end is wrong");
        var lengths = new long[count];
        for (var i = 0; i < count; i++)
            lengths[i] = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(i * sizeof(long)));
        return lengths;
    }

    private static void Fill(SafeFileHandle file, Span<byte> bytes, long offset, string path)
    {
        var filled = 0;
        while (filled < bytes.Length)
        {
            var count = offset < 0 ? 0 : RandomAccess.Read(file, bytes[filled..], offset + filled);
            if (count <= 0)
                throw new SpillDamagedException(path, "it is too short");
            filled += count;
        }
    }
}
