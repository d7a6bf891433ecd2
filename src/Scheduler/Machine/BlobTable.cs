using System.Buffers;
using System.Buffers.Binary;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// Bytes that came with submissions (arguments and names): one rented array per chunk, given back when the last task
/// that uses it is forgotten.
/// </summary>
internal sealed class BlobTable
{
    private Blob[] _blobs = new Blob[16];
    private int _count;
    private int _firstFree = -1;

    /// <summary>Bytes in rented arrays.</summary>
    public long Bytes { get; private set; }

    /// <summary>
    /// Rents an array of at least <paramref name="length"/> bytes, held by one use; returns its number.
    /// </summary>
    public int Add(int length, out byte[] bytes)
    {
        int number = _firstFree;
        if (number >= 0)
        {
            _firstFree = _blobs[number].NextFree;
        }
        else
        {
            if (_count == _blobs.Length)
                Array.Resize(ref _blobs, _count * 2);
            number = _count++;
        }

        bytes = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));
        Bytes += bytes.Length;
        _blobs[number] = new Blob { Bytes = bytes, UseCount = 1 };
        return number;
    }

    public void AddUse(int number) => _blobs[number].UseCount++;

    /// <summary>Ends one use; the last one gives the array back.</summary>
    public void RemoveUse(int number)
    {
        ref Blob blob = ref _blobs[number];
        if (--blob.UseCount > 0)
            return;
        Bytes -= blob.Bytes!.Length;
        ArrayPool<byte>.Shared.Return(blob.Bytes);
        blob.Bytes = null;
        blob.NextFree = _firstFree;
        _firstFree = number;
    }

    /// <summary>The bytes written at <paramref name="offset"/> with their length in front.</summary>
    public ReadOnlySpan<byte> Prefixed(int number, int offset)
    {
        byte[] bytes = _blobs[number].Bytes!;
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(offset));
        return bytes.AsSpan(offset + sizeof(int), length);
    }

    /// <summary>Asks for the bytes at <paramref name="offset"/> to be brought nearer.</summary>
    public void WillNeed(int number, int offset)
    {
        if (_blobs[number].Bytes is { } bytes && (uint)offset < (uint)bytes.Length)
            CacheHint.WillNeed(ref bytes[offset]);
    }

    /// <summary>Writes a length and bytes at <paramref name="offset"/>; returns where they end.</summary>
    public static int WritePrefixed(byte[] into, int offset, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(into.AsSpan(offset), value.Length);
        value.CopyTo(into.AsSpan(offset + sizeof(int)));
        return offset + sizeof(int) + value.Length;
    }

    private struct Blob
    {
        public byte[]? Bytes;
        public int UseCount;
        public int NextFree;
    }
}
