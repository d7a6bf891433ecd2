using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>An array of primitives of any rank, seen as bytes without copying it.</summary>
internal sealed class ArrayBytes : MemoryManager<byte>
{
    private const int Untaken = 1;
    private const int Taken = 2;

    private readonly Array _array;
    private readonly int _start;
    private readonly int _length;
    private int _ownership;

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
        array.GetType() == typeof(byte[])
            ? ((byte[])array).AsMemory(start, length)
            : new ArrayBytes(array, start, length).Memory;

    /// <summary>
    /// The bytes of an array that was made for them: <see cref="TryTake{T}"/> may hand it out, once.
    /// </summary>
    public static Memory<byte> Own(Array array, int length) =>
        new ArrayBytes(array, 0, length) { _ownership = Untaken }.Memory;

    /// <summary>The array of which <paramref name="bytes"/> are all, if it was made for them and nobody has it.</summary>
    public static T[]? TryTake<T>(ReadOnlyMemory<byte> bytes)
    {
        if (!MemoryMarshal.TryGetMemoryManager<byte, ArrayBytes>(bytes, out var view, out _, out var length)
            || length != view._length || view._array.GetType() != typeof(T[]))
            return null;
        return Interlocked.CompareExchange(ref view._ownership, Taken, Untaken) == Untaken ? (T[])view._array : null;
    }

    /// <summary>What the array holds.</summary>
    public ArrayElement Element => Type.GetTypeCode(_array.GetType().GetElementType()) switch
    {
        TypeCode.Byte => ArrayElement.Byte,
        TypeCode.SByte => ArrayElement.SByte,
        TypeCode.Int16 => ArrayElement.Int16,
        TypeCode.UInt16 => ArrayElement.UInt16,
        TypeCode.Int32 => ArrayElement.Int32,
        TypeCode.UInt32 => ArrayElement.UInt32,
        TypeCode.Int64 => ArrayElement.Int64,
        TypeCode.UInt64 => ArrayElement.UInt64,
        TypeCode.Single => ArrayElement.Single,
        TypeCode.Double => ArrayElement.Double,
        TypeCode.Char => ArrayElement.Char,
        _ => ArrayElement.None,
    };

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
