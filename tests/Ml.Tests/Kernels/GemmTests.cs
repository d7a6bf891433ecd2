using System.Numerics;
using System.Runtime.Intrinsics;

namespace TaskGraph.Ml.Tests;

public sealed unsafe class GemmTests
{
    private const float Tolerance = 1e-4f;

    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 1, 16, 3 }, { 2, 3, 5 }, { 5, 17, 7 }, { 6, 32, 1 }, { 7, 33, 64 }, { 11, 64, 6 },
        { 12, 48, 13 }, { 13, 80, 200 }, { 64, 64, 64 }, { 67, 100, 31 }, { 200, 10, 100 }, { 6, 64, 199 },
        { 32, 3, 57 }, { 3, 112, 1 }, { 8, 129, 0 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_equals_the_triple_loop(int rows, int columns, int depth)
    {
        Check<Simd512, Vector512<float>>(rows, columns, depth, transposed: false);
        Check<SimdNative, Vector<float>>(rows, columns, depth, transposed: false);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_with_a_transposed_left_side_equals_the_triple_loop(int rows, int columns, int depth)
    {
        Check<Simd512, Vector512<float>>(rows, columns, depth, transposed: true);
        Check<SimdNative, Vector<float>>(rows, columns, depth, transposed: true);
    }

    [Fact]
    public void Sums_added_to_what_is_there_are_added_once()
    {
        const int Rows = 8, Columns = 16, Depth = 5;
        var a = Filled(Rows * Depth, 1);
        var b = Filled(Depth * Columns, 2);
        var c = Filled(Rows * Columns, 3);
        float[] before = c.Span.ToArray();
        Gemm.Run<StoreSum>(new GemmCall
        {
            Rows = Rows,
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
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Columns; j++)
            {
                double expected = before[(i * Columns) + j];
                for (int k = 0; k < Depth; k++)
                    expected += a.Span[(i * Depth) + k] * b.Span[(k * Columns) + j];
                Assert.Equal(expected, c.Span[(i * Columns) + j], Tolerance);
            }
        }
    }

    [Fact]
    public void A_NaN_survives_the_rectifier()
    {
        var a = Filled(1, 1);
        var b = Filled(16, 2);
        var zeros = new AlignedBuffer(16);
        var c = new AlignedBuffer(16);
        b.Span[3] = float.NaN;
        Gemm.Run<StoreRelu>(new GemmCall
        {
            Rows = 1,
            Columns = 16,
            Depth = 1,
            A = a.Pointer,
            ARowStride = 1,
            ADepthStride = 1,
            B = b.Pointer,
            BStride = 16,
            C = c.Pointer,
            CStride = 16,
            Start = zeros.Pointer,
        });
        Assert.True(float.IsNaN(c.Span[3]));
        Assert.False(float.IsNaN(c.Span[4]));
    }

    private static void Check<TSimd, TVector>(int rows, int columns, int depth, bool transposed)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int stride = Gemm.Pad(columns);
        var a = Filled(rows * depth, 1);
        var b = Filled(depth * stride, 2);
        var bias = Filled(stride, 3);
        var gate = Filled(rows * stride, 4);
        foreach (var epilogue in new[] { "sum", "relu", "gated" })
        {
            // A guard behind the last row shows writes beyond the end.
            var c = new AlignedBuffer((rows * stride) + 16);
            c.Span[(rows * stride)..].Fill(float.MaxValue);
            var call = new GemmCall
            {
                Rows = rows,
                Columns = stride,
                Depth = depth,
                A = a.Pointer,
                ARowStride = transposed ? 1 : depth,
                ADepthStride = transposed ? rows : 1,
                B = b.Pointer,
                BStride = stride,
                C = c.Pointer,
                CStride = stride,
                Start = bias.Pointer,
                Gate = gate.Pointer,
                GateStride = stride,
            };
            if (epilogue == "sum")
                Gemm.Run<TSimd, TVector, StoreSum>(call);
            else if (epilogue == "relu")
                Gemm.Run<TSimd, TVector, StoreRelu>(call);
            else
                Gemm.Run<TSimd, TVector, StoreGated>(call);
            Compare(call, epilogue);
            Assert.Equal(float.MaxValue, c.Span[rows * stride]);
        }
    }

    private static void Compare(GemmCall call, string epilogue)
    {
        for (int i = 0; i < call.Rows; i++)
        {
            for (int j = 0; j < call.Columns; j++)
            {
                double sum = call.Start[j];
                for (int k = 0; k < call.Depth; k++)
                    sum += call.A[(i * call.ARowStride) + (k * call.ADepthStride)] * call.B[(k * call.BStride) + j];
                double expected = epilogue switch
                {
                    "relu" => Math.Max(sum, 0),
                    "gated" => call.Gate[(i * call.GateStride) + j] > 0 ? sum : 0,
                    _ => sum,
                };
                Assert.Equal(expected, call.C[(i * call.CStride) + j], Tolerance);
            }
        }
    }

    private static AlignedBuffer Filled(int length, ulong seed)
    {
        var buffer = new AlignedBuffer(length);
        var random = new SeededRandom(seed);
        foreach (ref float value in buffer.Span)
            value = (float)((random.NextUnit() * 2) - 1);
        return buffer;
    }
}
