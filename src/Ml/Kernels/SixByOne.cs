using System.Runtime.CompilerServices;

namespace TaskGraph.Ml;

/// <summary>Computes six rows by one vector of C, all sums held in registers.</summary>
internal static unsafe class SixByOne
{
    // Never tiered: quick code would run ten times slower until the runtime replaces it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSimd, TVector, TEpilogue>(in GemmCall call, nint row, nint column)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TEpilogue : struct, IEpilogue
    {
        nint lanes = TSimd.Lanes, rs = call.ARowStride, ds = call.ADepthStride, ldb = call.BStride;
        float* b = call.B + column;
        float* a0 = call.A + (row * rs), a3 = a0 + (3 * rs);
        nint ss = call.StartStride;
        float* s = call.Start + (row * ss) + column;
        TVector c00 = TSimd.Load(s);
        s += ss;
        TVector c10 = TSimd.Load(s);
        s += ss;
        TVector c20 = TSimd.Load(s);
        s += ss;
        TVector c30 = TSimd.Load(s);
        s += ss;
        TVector c40 = TSimd.Load(s);
        s += ss;
        TVector c50 = TSimd.Load(s);

        for (nint k = call.Depth; k > 0; k--)
        {
            TVector b0 = TSimd.Load(b);
            TVector a = TSimd.Broadcast(a0[0]);
            c00 = TSimd.MultiplyAdd(a, b0, c00);
            a = TSimd.Broadcast(a0[rs]);
            c10 = TSimd.MultiplyAdd(a, b0, c10);
            a = TSimd.Broadcast(a0[2 * rs]);
            c20 = TSimd.MultiplyAdd(a, b0, c20);
            a = TSimd.Broadcast(a3[0]);
            c30 = TSimd.MultiplyAdd(a, b0, c30);
            a = TSimd.Broadcast(a3[rs]);
            c40 = TSimd.MultiplyAdd(a, b0, c40);
            a = TSimd.Broadcast(a3[2 * rs]);
            c50 = TSimd.MultiplyAdd(a, b0, c50);
            a0 += ds;
            a3 += ds;
            b += ldb;
        }

        nint ldc = call.CStride, gs = call.GateStride;
        float* c = call.C + (row * ldc) + column;
        float* g = call.Gate + (row * gs) + column;
        Store<TSimd, TVector, TEpilogue>(c, g, c00);
        Store<TSimd, TVector, TEpilogue>(c + ldc, g + gs, c10);
        Store<TSimd, TVector, TEpilogue>(c + (2 * ldc), g + (2 * gs), c20);
        Store<TSimd, TVector, TEpilogue>(c + (3 * ldc), g + (3 * gs), c30);
        Store<TSimd, TVector, TEpilogue>(c + (4 * ldc), g + (4 * gs), c40);
        Store<TSimd, TVector, TEpilogue>(c + (5 * ldc), g + (5 * gs), c50);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TSimd, TVector, TEpilogue>(float* c, float* g, TVector v0)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TEpilogue : struct, IEpilogue
    {
        TSimd.Store(TEpilogue.Apply<TSimd, TVector>(v0, g), c);
    }
}
