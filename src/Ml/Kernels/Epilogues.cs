using System.Runtime.CompilerServices;

namespace TaskGraph.Ml;

/// <summary>What happens to a finished tile on its way to memory; fused, so that no second sweep is needed.</summary>
internal unsafe interface IEpilogue
{
    static abstract TVector Apply<TSimd, TVector>(TVector sum, float* gate)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct;
}

/// <summary>C = sum.</summary>
internal readonly unsafe struct StoreSum : IEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector sum, float* gate)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct => sum;
}

/// <summary>C = max(sum, 0).</summary>
internal readonly unsafe struct StoreRelu : IEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector sum, float* gate)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct => TSimd.Relu(sum);
}

/// <summary>C = sum where the gate (a ReLU output) is positive, else 0: the backward pass of ReLU.</summary>
internal readonly unsafe struct StoreGated : IEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector sum, float* gate)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct => TSimd.Gate(sum, TSimd.Load(gate));
}
