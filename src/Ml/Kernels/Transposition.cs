using System.Runtime.Intrinsics;

namespace TaskGraph.Ml;

/// <summary>Transposes weights once a step, so that Δ·Wᵀ runs on the same kernels as X·W.</summary>
internal static unsafe class Transposition
{
    private const int Block = 4;

    /// <summary>
    /// Writes <paramref name="rows"/> × <paramref name="columns"/> floats transposed; floats of the target beyond that
    /// are left as they are.
    /// </summary>
    public static void Run(float* source, nint stride, int rows, int columns, float* target, nint targetStride)
    {
        for (nint column = 0; column < columns; column++)
        {
            float* from = source + column;
            float* to = target + (column * targetStride);
            nint row = 0;
            for (; row + Block <= rows; row += Block, from += Block * stride)
                Vector128.Create(from[0], from[stride], from[2 * stride], from[3 * stride]).Store(to + row);
            for (; row < rows; row++, from += stride)
                to[row] = *from;
        }
    }
}
