using System.Numerics;
using System.Runtime.Intrinsics;

namespace TaskGraph.Ml.Tests;

public unsafe class GemmTests
{
    public static TheoryData<int, int, int, bool> Shapes()
    {
        var shapes = new TheoryData<int, int, int, bool>();
        foreach (int rows in new[] { 1, 2, 5, 6, 7, 11, 12, 13, 64, 200 })
        {
            foreach (int columns in new[] { 16, 32, 48, 64, 112 })
            {
                foreach (int depth in new[] { 0, 1, 3, 64 })
                    shapes.Add(rows, columns, depth, (rows + columns + depth) % 2 == 0);
            }
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Product_equals_the_triple_loop_with_native_vectors(int rows, int columns, int depth, bool transposed)
    {
        Check<SimdNative, Vector<float>, StoreSum>(rows, columns, depth, transposed, (sum, _) => sum);
        Check<SimdNative, Vector<float>, StoreRelu>(rows, columns, depth, transposed, (sum, _) => Math.Max(sum, 0));
        Check<SimdNative, Vector<float>, StoreGated>(rows, columns, depth, transposed, (sum, h) => h > 0 ? sum : 0);
    }

    // Vector512 also runs without AVX-512, in software, so this needs no skip.
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Product_equals_the_triple_loop_with_512_bits(int rows, int columns, int depth, bool transposed)
    {
        Check<Simd512, Vector512<float>, StoreSum>(rows, columns, depth, transposed, (sum, _) => sum);
        Check<Simd512, Vector512<float>, StoreRelu>(rows, columns, depth, transposed, (sum, _) => Math.Max(sum, 0));
        Check<Simd512, Vector512<float>, StoreGated>(rows, columns, depth, transposed, (sum, h) => h > 0 ? sum : 0);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(15)]
    public void Product_can_add_to_what_is_there(int rows)
    {
        const int Columns = 48, Depth = 9;
        AlignedBuffer a = Random(rows * Depth, 1), b = Random(Depth * Columns, 2), c = Random(rows * Columns, 3);
        float[] before = c.Span.ToArray();
        Gemm.Run<StoreSum>(new GemmCall
        {
            Rows = rows,
            Columns = Columns,
            Depth = Depth,
            A = a.Pointer,
            ARowStride = Depth,
            ADepthStride = 1,
            B = b.Pointer,
            BStride = Columns,
            C = c.Pointer,
            CStride = Columns,
            Start = c.Pointer,
            StartStride = Columns,
        });
        for (int i = 0; i < rows * Columns; i++)
        {
            double sum = before[i];
            for (int k = 0; k < Depth; k++)
                sum += (double)a.Span[(i / Columns * Depth) + k] * b.Span[(k * Columns) + (i % Columns)];
            Assert.Equal(sum, c.Span[i], 1e-5);
        }
    }

    private static void Check<TSimd, TVector, TEpilogue>(
        int rows, int columns, int depth, bool transposed, Func<double, float, double> epilogue)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TEpilogue : struct, IEpilogue
    {
        AlignedBuffer a = Random(Math.Max(1, rows * depth), 1), b = Random(Math.Max(1, depth * columns), 2);
        AlignedBuffer bias = Random(columns, 3), gate = Random(rows * columns, 4), c = Random((rows + 1) * columns, 5);
        float[] guard = c.Span[(rows * columns)..].ToArray();
        Gemm.Run<TSimd, TVector, TEpilogue>(new GemmCall
        {
            Rows = rows,
            Columns = columns,
            Depth = depth,
            A = a.Pointer,
            ARowStride = transposed ? 1 : depth,
            ADepthStride = transposed ? rows : 1,
            B = b.Pointer,
            BStride = columns,
            C = c.Pointer,
            CStride = columns,
            Start = bias.Pointer,
            Gate = gate.Pointer,
            GateStride = columns,
        });
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double sum = bias.Span[j];
                for (int k = 0; k < depth; k++)
                    sum += (double)a.Span[transposed ? (k * rows) + i : (i * depth) + k] * b.Span[(k * columns) + j];
                double expected = epilogue(sum, gate.Span[(i * columns) + j]);
                Assert.True(Math.Abs(expected - c.Span[(i * columns) + j]) < 2e-5, $"row {i}, column {j}");
            }
        }

        Assert.Equal(guard, c.Span[(rows * columns)..].ToArray());
    }

    private static AlignedBuffer Random(int length, ulong seed)
    {
        var buffer = new AlignedBuffer(length);
        var random = new Xoshiro256(seed);
        foreach (ref float value in buffer.Span)
            value = (2 * random.NextSingle()) - 1;
        return buffer;
    }
}
