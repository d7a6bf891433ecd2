using System.Runtime.CompilerServices;

namespace TaskGraph.Ml;

/// <summary>Computes six rows by four vectors of C, all sums held in registers.</summary>
internal static unsafe class SixByFour
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
        TVector c00 = TSimd.Load(s), c01 = TSimd.Load(s + lanes),
            c02 = TSimd.Load(s + (2 * lanes)), c03 = TSimd.Load(s + (3 * lanes));
        s += ss;
        TVector c10 = TSimd.Load(s), c11 = TSimd.Load(s + lanes),
            c12 = TSimd.Load(s + (2 * lanes)), c13 = TSimd.Load(s + (3 * lanes));
        s += ss;
        TVector c20 = TSimd.Load(s), c21 = TSimd.Load(s + lanes),
            c22 = TSimd.Load(s + (2 * lanes)), c23 = TSimd.Load(s + (3 * lanes));
        s += ss;
        TVector c30 = TSimd.Load(s), c31 = TSimd.Load(s + lanes),
            c32 = TSimd.Load(s + (2 * lanes)), c33 = TSimd.Load(s + (3 * lanes));
        s += ss;
        TVector c40 = TSimd.Load(s), c41 = TSimd.Load(s + lanes),
            c42 = TSimd.Load(s + (2 * lanes)), c43 = TSimd.Load(s + (3 * lanes));
        s += ss;
        TVector c50 = TSimd.Load(s), c51 = TSimd.Load(s + lanes),
            c52 = TSimd.Load(s + (2 * lanes)), c53 = TSimd.Load(s + (3 * lanes));

        for (nint k = call.Depth; k > 0; k--)
        {
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + lanes);
            TVector b2 = TSimd.Load(b + (2 * lanes)), b3 = TSimd.Load(b + (3 * lanes));
            TVector a = TSimd.Broadcast(a0[0]);
            c00 = TSimd.MultiplyAdd(a, b0, c00); c01 = TSimd.MultiplyAdd(a, b1, c01);
            c02 = TSimd.MultiplyAdd(a, b2, c02); c03 = TSimd.MultiplyAdd(a, b3, c03);
            a = TSimd.Broadcast(a0[rs]);
            c10 = TSimd.MultiplyAdd(a, b0, c10); c11 = TSimd.MultiplyAdd(a, b1, c11);
            c12 = TSimd.MultiplyAdd(a, b2, c12); c13 = TSimd.MultiplyAdd(a, b3, c13);
            a = TSimd.Broadcast(a0[2 * rs]);
            c20 = TSimd.MultiplyAdd(a, b0, c20); c21 = TSimd.MultiplyAdd(a, b1, c21);
            c22 = TSimd.MultiplyAdd(a, b2, c22); c23 = TSimd.MultiplyAdd(a, b3, c23);
            a = TSimd.Broadcast(a3[0]);
            c30 = TSimd.MultiplyAdd(a, b0, c30); c31 = TSimd.MultiplyAdd(a, b1, c31);
            c32 = TSimd.MultiplyAdd(a, b2, c32); c33 = TSimd.MultiplyAdd(a, b3, c33);
            a = TSimd.Broadcast(a3[rs]);
            c40 = TSimd.MultiplyAdd(a, b0, c40); c41 = TSimd.MultiplyAdd(a, b1, c41);
            c42 = TSimd.MultiplyAdd(a, b2, c42); c43 = TSimd.MultiplyAdd(a, b3, c43);
            a = TSimd.Broadcast(a3[2 * rs]);
            c50 = TSimd.MultiplyAdd(a, b0, c50); c51 = TSimd.MultiplyAdd(a, b1, c51);
            c52 = TSimd.MultiplyAdd(a, b2, c52); c53 = TSimd.MultiplyAdd(a, b3, c53);
            a0 += ds;
            a3 += ds;
            b += ldb;
        }

        nint ldc = call.CStride, gs = call.GateStride;
        float* c = call.C + (row * ldc) + column;
        float* g = call.Gate + (row * gs) + column;
        Store<TSimd, TVector, TEpilogue>(c, g, c00, c01, c02, c03);
        Store<TSimd, TVector, TEpilogue>(c + ldc, g + gs, c10, c11, c12, c13);
        Store<TSimd, TVector, TEpilogue>(c + (2 * ldc), g + (2 * gs), c20, c21, c22, c23);
        Store<TSimd, TVector, TEpilogue>(c + (3 * ldc), g + (3 * gs), c30, c31, c32, c33);
        Store<TSimd, TVector, TEpilogue>(c + (4 * ldc), g + (4 * gs), c40, c41, c42, c43);
        Store<TSimd, TVector, TEpilogue>(c + (5 * ldc), g + (5 * gs), c50, c51, c52, c53);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TSimd, TVector, TEpilogue>(
        float* c, float* g, TVector v0, TVector v1, TVector v2, TVector v3)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TEpilogue : struct, IEpilogue
    {
        nint lanes = TSimd.Lanes;
        TSimd.Store(TEpilogue.Apply<TSimd, TVector>(v0, g), c);
        TSimd.Store(TEpilogue.Apply<TSimd, TVector>(v1, g + lanes), c + lanes);
        TSimd.Store(TEpilogue.Apply<TSimd, TVector>(v2, g + (2 * lanes)), c + (2 * lanes));
        TSimd.Store(TEpilogue.Apply<TSimd, TVector>(v3, g + (3 * lanes)), c + (3 * lanes));
    }
}
