using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>An array of primitives of any rank, seen as bytes without copying it.</summary>
internal sealed class ArrayBytes : MemoryManager<byte>
{
    private readonly Array _array;
    private readonly int _start;
    private readonly int _length;

    private ArrayBytes(Array array, int start, int length)
    {
        _array = array;
        _start = start;
        _length = length;
    }

    /// <summary>
    /// Bytes <paramref name="start"/> to <paramref name="start"/> + <paramref name="length"/> of the array's
    /// elements.
    /// </summary>
    public static ReadOnlyMemory<byte> View(Array array, int start, int length) =>
        array is byte[] bytes ? bytes.AsMemory(start, length) : new ArrayBytes(array, start, length).Memory;

    /// <summary>Elements of an array of any rank, in row-major order.</summary>
    public static Span<T> Elements<T>(Array array, int start, int count)
    {
        if (array.Length == 0)
            return [];
        ref var first = ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array));
        return MemoryMarshal.CreateSpan(ref first, array.Length).Slice(start, count);
    }

    public override Span<byte> GetSpan() =>
        MemoryMarshal.CreateSpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), _start), _length);

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length);
        var handle = GCHandle.Alloc(_array, GCHandleType.Pinned);
        ref var first = ref MemoryMarshal.GetArrayDataReference(_array);
        return new MemoryHandle((byte*)Unsafe.AsPointer(ref first) + _start + elementIndex, handle);
    }

    public override void Unpin()
    {
        // The handle that Pin returns frees itself.
    }

    protected override void Dispose(bool disposing)
    {
        // Nothing is held but the array.
    }
}
