using System.Numerics;
using System.Runtime.Intrinsics;

namespace TaskGraph.Ml;

/// <summary>
/// Single-precision matrix product for the shapes of small networks: register-blocked and without packing, since
/// packing
/// would cost as much as the product at 100 columns. Every element is summed over k in order whatever tile computes it,
/// so the result does not depend on the tiling.
/// </summary>
internal static class Gemm
{
    /// <summary>Columns are padded to a multiple of this: one AVX-512 vector, two of AVX2, four of NEON.</summary>
    public const int ColumnMultiple = 16;

    private const int TileRows = 6;

    /// <summary>Rounds a column count up to <see cref="ColumnMultiple"/>.</summary>
    public static int Pad(int columns) => (columns + ColumnMultiple - 1) & -ColumnMultiple;

    /// <summary>Runs the product with the widest vectors of this machine.</summary>
    public static void Run<TEpilogue>(in GemmCall call)
        where TEpilogue : struct, IEpilogue
    {
        if (Vector512.IsHardwareAccelerated)
            Run<Simd512, Vector512<float>, TEpilogue>(call);
        else
            Run<SimdNative, Vector<float>, TEpilogue>(call);
    }

    /// <summary>Runs the product with the given vectors.</summary>
    public static void Run<TSimd, TVector, TEpilogue>(in GemmCall call)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TEpilogue : struct, IEpilogue
    {
        int column = 0;
        if (TSimd.TileVectors >= 4)
        {
            for (int width = 4 * TSimd.Lanes; column + width <= call.Columns; column += width)
                Panel<TSimd, TVector, TEpilogue>(call, column, 4);
        }

        for (int width = 2 * TSimd.Lanes; column + width <= call.Columns; column += width)
            Panel<TSimd, TVector, TEpilogue>(call, column, 2);
        for (; column < call.Columns; column += TSimd.Lanes)
            Panel<TSimd, TVector, TEpilogue>(call, column, 1);
    }

    private static unsafe void Panel<TSimd, TVector, TEpilogue>(in GemmCall call, int column, int vectors)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TEpilogue : struct, IEpilogue
    {
        int row = 0;
        for (; row + TileRows <= call.Rows; row += TileRows)
            Tile<TSimd, TVector, TEpilogue>(call, row, column, vectors);
        if (row == call.Rows)
            return;

        // The last tile may overlap the one before it, unless it would add to sums that are already final.
        bool accumulates = call.Start == call.C;
        if (call.Rows >= TileRows && !accumulates)
        {
            Tile<TSimd, TVector, TEpilogue>(call, call.Rows - TileRows, column, vectors);
            return;
        }

        for (; row < call.Rows; row++)
        {
            for (int v = 0; v < vectors; v++)
                OneByOne.Run<TSimd, TVector, TEpilogue>(call, row, column + (v * TSimd.Lanes));
        }
    }

    private static void Tile<TSimd, TVector, TEpilogue>(in GemmCall call, int row, int column, int vectors)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TEpilogue : struct, IEpilogue
    {
        if (vectors == 4)
            SixByFour.Run<TSimd, TVector, TEpilogue>(call, row, column);
        else if (vectors == 2)
            SixByTwo.Run<TSimd, TVector, TEpilogue>(call, row, column);
        else
            SixByOne.Run<TSimd, TVector, TEpilogue>(call, row, column);
    }
}
