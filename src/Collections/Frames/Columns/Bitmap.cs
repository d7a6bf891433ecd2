using System.Numerics;
using System.Runtime.InteropServices;

namespace TaskGraph.Collections;

/// <summary>Validity bitmaps as Arrow lays them out: bit i, least significant first, is 1 where value i is present.
/// An empty bitmap means that every value is present.</summary>
internal static class Bitmap
{
    internal static int ByteLength(int bits) => (int)(((long)bits + 7) >> 3);

    internal static bool Get(ReadOnlySpan<byte> bits, int index) => (bits[index >> 3] >> (index & 7) & 1) != 0;

    internal static void Set(Span<byte> bits, int index) => bits[index >> 3] |= (byte)(1 << (index & 7));

    internal static void Clear(Span<byte> bits, int index) => bits[index >> 3] &= (byte)~(1 << (index & 7));

    /// <summary>A bitmap of <paramref name="length"/> ones.</summary>
    internal static byte[] Ones(int length)
    {
        var bits = new byte[ByteLength(length)];
        bits.AsSpan().Fill(0xff);
        return bits;
    }

    internal static int CountSet(ReadOnlySpan<byte> bits, int length)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bits[..(length >> 3)]);
        int count = 0;
        foreach (ulong word in words)
            count += BitOperations.PopCount(word);
        for (int i = words.Length << 6; i < length; i++)
            count += bits[i >> 3] >> (i & 7) & 1;
        return count;
    }

    /// <summary>The bits [start, start + length): shared when they begin on a byte, else copied.</summary>
    internal static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> bits, int start, int length)
    {
        if (bits.IsEmpty)
            return default;
        if ((start & 7) == 0)
            return bits.Slice(start >> 3, ByteLength(length));
        var slice = new byte[ByteLength(length)];
        ReadOnlySpan<byte> source = bits.Span;
        for (int i = 0; i < length; i++)
        {
            if (Get(source, start + i))
                Set(slice, i);
        }
        return slice;
    }

    /// <summary>The bits at <paramref name="indices"/>; a negative index is null.</summary>
    internal static ReadOnlyMemory<byte> Take(ReadOnlySpan<byte> bits, ReadOnlySpan<int> indices)
    {
        byte[]? taken = null;
        for (int i = 0; i < indices.Length; i++)
        {
            if (indices[i] >= 0 && (bits.IsEmpty || Get(bits, indices[i])))
                continue;
            taken ??= Ones(indices.Length);
            Clear(taken, i);
        }
        return taken;
    }

    /// <summary>Present where both are present.</summary>
    internal static ReadOnlyMemory<byte> And(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right)
    {
        if (left.IsEmpty)
            return right;
        if (right.IsEmpty)
            return left;
        var both = new byte[left.Length];
        ReadOnlySpan<byte> a = left.Span, b = right.Span;
        for (int i = 0; i < both.Length; i++)
            both[i] = (byte)(a[i] & b[i]);
        return both;
    }
}
