using System.Numerics;
using System.Runtime.InteropServices;

namespace TaskGraph.Collections;

/// <summary>Hashes of key rows, column by column. They depend on nothing but the values.</summary>
internal static class RowHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    /// <summary>One hash per row over all <paramref name="keys"/>.</summary>
    internal static ulong[] Of(Column[] keys, int rows)
    {
        var hashes = new ulong[rows];
        foreach (Column key in keys)
        {
            switch (key)
            {
                case PrimitiveColumn<long> column:
                    Mix(hashes, column.Values);
                    break;
                case PrimitiveColumn<double> column:
                    MixFloats(hashes, column.Values);
                    break;
                case PrimitiveColumn<float> column:
                    MixFloats(hashes, ((PrimitiveColumn<double>)CastKernel.Cast(column, DataType.Float64)).Values);
                    break;
                case PrimitiveColumn<bool> column:
                    MixFlags(hashes, column.Values);
                    break;
                default:
                    MixText(hashes, new TextValues((StringColumn)key));
                    break;
            }
        }
        return hashes;
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        ulong mixed = (hash ^ value) * Multiplier;
        return mixed ^ (mixed >> 32);
    }

    private static void Mix(ulong[] hashes, ReadOnlySpan<long> values)
    {
        for (int i = 0; i < hashes.Length; i++)
            hashes[i] = Mix(hashes[i], (ulong)values[i]);
    }

    private static void MixFloats(ulong[] hashes, ReadOnlySpan<double> values)
    {
        // 0.0 and -0.0 are one key, and so are all NaNs.
        for (int i = 0; i < hashes.Length; i++)
        {
            double value = values[i] == 0 ? 0 : double.IsNaN(values[i]) ? double.NaN : values[i];
            hashes[i] = Mix(hashes[i], BitConverter.DoubleToUInt64Bits(value));
        }
    }

    private static void MixFlags(ulong[] hashes, ReadOnlySpan<bool> values)
    {
        for (int i = 0; i < hashes.Length; i++)
            hashes[i] = Mix(hashes[i], values[i] ? 2UL : 1UL);
    }

    private static void MixText(ulong[] hashes, TextValues values)
    {
        for (int i = 0; i < hashes.Length; i++)
            hashes[i] = Mix(hashes[i], Text(values[i]));
    }

    private static ulong Text(ReadOnlySpan<byte> text)
    {
        ulong hash = (ulong)text.Length;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(text))
            hash = BitOperations.RotateLeft(Mix(hash, word), 5);
        ulong tail = 0;
        foreach (byte b in text[(text.Length & ~7)..])
            tail = (tail << 8) | b;
        return Mix(hash, tail);
    }
}
