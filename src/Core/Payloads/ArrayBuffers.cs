using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>
/// Buffers that are arrays of primitives: a sender says of what, a receiver makes such an array and reads the bytes
/// into it, and the codec hands that very array out.
/// </summary>
public static class ArrayBuffers
{
    /// <summary>Shorter buffers are copied: that costs less than an object that knows the array.</summary>
    internal const int LeastBytes = 64 << 10;

    /// <summary>What the array holds that <paramref name="buffer"/> is a view of.</summary>
    public static ArrayElement ElementOf(ReadOnlyMemory<byte> buffer)
    {
        if (MemoryMarshal.TryGetMemoryManager<byte, ArrayBytes>(buffer, out var view))
            return view.Element;
        return MemoryMarshal.TryGetArray(buffer, out _) ? ArrayElement.Byte : ArrayElement.None;
    }

    /// <summary>
    /// Room for <paramref name="bytes"/> bytes, undefined so far, in an array of its own of such elements; of bytes if
    /// the element is none of those known, or they do not fill a whole number of them.
    /// </summary>
    public static Memory<byte> Allocate(byte element, int bytes) => (ArrayElement)element switch
    {
        ArrayElement.Byte => Allocate<byte>(bytes),
        ArrayElement.SByte => Allocate<sbyte>(bytes),
        ArrayElement.Int16 => Allocate<short>(bytes),
        ArrayElement.UInt16 => Allocate<ushort>(bytes),
        ArrayElement.Int32 => Allocate<int>(bytes),
        ArrayElement.UInt32 => Allocate<uint>(bytes),
        ArrayElement.Int64 => Allocate<long>(bytes),
        ArrayElement.UInt64 => Allocate<ulong>(bytes),
        ArrayElement.Single => Allocate<float>(bytes),
        ArrayElement.Double => Allocate<double>(bytes),
        ArrayElement.Char => Allocate<char>(bytes),
        _ => GC.AllocateUninitializedArray<byte>(bytes),
    };

    private static unsafe Memory<byte> Allocate<T>(int bytes)
        where T : unmanaged => bytes < LeastBytes || bytes % sizeof(T) != 0
        ? GC.AllocateUninitializedArray<byte>(bytes)
        : ArrayBytes.Own(GC.AllocateUninitializedArray<T>(bytes / sizeof(T)), bytes);
}
