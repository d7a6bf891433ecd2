using System.Runtime.CompilerServices;

namespace TaskGraph.Ml;

/// <summary>Computes one vector of one row of C: the rows that fill no six-row tile.</summary>
internal static unsafe class OneByOne
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSimd, TVector, TEpilogue>(in GemmCall call, nint row, nint column)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TEpilogue : struct, IEpilogue
    {
        nint ds = call.ADepthStride, ldb = call.BStride;
        float* b = call.B + column;
        float* a = call.A + (row * call.ARowStride);
        TVector sum = TSimd.Load(call.Start + (row * call.StartStride) + column);
        for (nint k = call.Depth; k > 0; k--)
        {
            sum = TSimd.MultiplyAdd(TSimd.Broadcast(*a), TSimd.Load(b), sum);
            a += ds;
            b += ldb;
        }

        float* gate = call.Gate + (row * call.GateStride) + column;
        TSimd.Store(TEpilogue.Apply<TSimd, TVector>(sum, gate), call.C + (row * call.CStride) + column);
    }
}
