using System.Runtime.CompilerServices;

namespace TaskGraph.Ml;

/// <summary>Zeroed floats at a fixed address that is a multiple of 64 bytes; freed with the object that holds
/// it.</summary>
internal sealed unsafe class AlignedBuffer
{
    private const int AlignmentFloats = 16;

    // Keeps the pinned memory alive for as long as the pointer is used.
    private readonly float[] _memory;
    private readonly int _offset;

    public AlignedBuffer(int length)
    {
        Length = length;
        _memory = GC.AllocateArray<float>(checked(length + AlignmentFloats), pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref _memory[0]);
        _offset = (int)((-address & ((AlignmentFloats * sizeof(float)) - 1)) / sizeof(float));
        Pointer = (float*)address + _offset;
    }

    public int Length { get; }

    public float* Pointer { get; }

    public Memory<float> Memory => _memory.AsMemory(_offset, Length);

    public Span<float> Span => _memory.AsSpan(_offset, Length);
}
