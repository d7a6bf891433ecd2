using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;

namespace TaskGraph.Ml;

/// <summary><see cref="Vector{T}"/>: eight floats on AVX2, four on SSE and NEON.</summary>
internal readonly unsafe struct SimdNative : ISimd<Vector<float>>
{
    public static int Lanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector<float>.Count;
    }

    /// <summary>64-bit ARM has 32 vector registers, x86 without AVX-512 has 16: a wider tile would spill
    /// there.</summary>
    public static int TileVectors => AdvSimd.Arm64.IsSupported ? 4 : 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Load(float* source) => Vector.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector<float> value, float* target) => Vector.Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Broadcast(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> MultiplyAdd(Vector<float> a, Vector<float> b, Vector<float> c) =>
        Vector.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Relu(Vector<float> value) => Vector.MaxNative(Vector<float>.Zero, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Gate(Vector<float> value, Vector<float> activation) =>
        Vector.ConditionalSelect(Vector.GreaterThan(activation, Vector<float>.Zero), value, Vector<float>.Zero);
}
