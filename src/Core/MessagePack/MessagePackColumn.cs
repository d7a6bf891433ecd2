using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>
/// A column of fixed-size values, read where it lies in the received bytes: nothing is copied until
/// <see cref="CopyTo"/> or <see cref="ToArray"/>. The bytes need not be aligned.
/// </summary>
/// <typeparam name="T">The type of the values; any bytes are taken for a valid one.</typeparam>
public readonly ref struct MessagePackColumn<T>
    where T : unmanaged
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal MessagePackColumn(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        Length = bytes.Length / Unsafe.SizeOf<T>();
    }

    /// <summary>How many values there are.</summary>
    public int Length { get; }

    /// <summary>The value at <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such value.</exception>
    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Length, nameof(index));
            return Unsafe.ReadUnaligned<T>(ref Unsafe.Add(
                ref MemoryMarshal.GetReference(_bytes), (nint)index * Unsafe.SizeOf<T>()));
        }
    }

    /// <summary>Copies all values to the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public void CopyTo(Span<T> destination) => _bytes.CopyTo(MemoryMarshal.AsBytes(destination));

    /// <summary>Copies the values into an array.</summary>
    public T[] ToArray()
    {
        if (Length == 0)
            return [];
        var array = GC.AllocateUninitializedArray<T>(Length);
        CopyTo(array);
        return array;
    }
}

internal static class MessagePackColumn
{
    /// <summary>
    /// Columns are moved as memory: a big-endian machine would have to swap them, and none is supported.
    /// </summary>
    public static void AssertLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Columns are little-endian bytes; this machine is big-endian.");
    }
}
