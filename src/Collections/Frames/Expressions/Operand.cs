using System.Runtime.InteropServices;

namespace TaskGraph.Collections;

/// <summary>A value on its way through an expression: a whole column, or one value that stands for all rows.</summary>
internal readonly record struct Operand(Column Column, bool IsScalar)
{
    internal DataType Type => Column.DataType;

    internal ReadOnlySpan<T> Values<T>()
        where T : unmanaged => ((PrimitiveColumn<T>)Column).Values;

    internal StringColumn Strings => (StringColumn)Column;

    /// <summary>The validity for <paramref name="length"/> rows.</summary>
    internal ReadOnlyMemory<byte> Validity(int length) =>
        Column.NullCount == 0 ? default
        : IsScalar ? new byte[Bitmap.ByteLength(length)]
        : Column.Validity;

    /// <summary>The column for <paramref name="rows"/> rows.</summary>
    internal Column Expand(int rows)
    {
        if (!IsScalar)
            return Column;
        return Column.Take(new int[rows]);
    }

    /// <summary>The rows that an operation on two operands has to compute.</summary>
    internal static int Length(Operand left, Operand right) => left.IsScalar ? right.Column.Length : left.Column.Length;

    internal static Operand Of<T>(byte[] values, ReadOnlyMemory<byte> validity, bool isScalar)
        where T : unmanaged => new(new PrimitiveColumn<T>("", values, validity), isScalar);

    /// <summary>Room for <paramref name="length"/> values; what is not written is undefined.</summary>
    internal static byte[] Allocate<T>(int length, out Span<T> values)
        where T : unmanaged
    {
        byte[] bytes;
        unsafe
        {
            bytes = GC.AllocateUninitializedArray<byte>(checked(length * sizeof(T)));
        }
        values = MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
        return bytes;
    }
}
