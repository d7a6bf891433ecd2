using System.Numerics;
using System.Runtime.InteropServices;

namespace TaskGraph.Collections;

/// <summary>An operation on two numbers, alone and by vectors.</summary>
internal interface IArithmetic<T>
    where T : unmanaged
{
    static abstract T Apply(T left, T right);

    static abstract Vector<T> Apply(Vector<T> left, Vector<T> right);
}

internal readonly struct AddOperation<T> : IArithmetic<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T left, T right) => left + right;

    public static Vector<T> Apply(Vector<T> left, Vector<T> right) => left + right;
}

internal readonly struct SubtractOperation<T> : IArithmetic<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T left, T right) => left - right;

    public static Vector<T> Apply(Vector<T> left, Vector<T> right) => left - right;
}

internal readonly struct MultiplyOperation<T> : IArithmetic<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T left, T right) => left * right;

    public static Vector<T> Apply(Vector<T> left, Vector<T> right) => left * right;
}

internal readonly struct DivideOperation<T> : IArithmetic<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T left, T right) => left / right;

    public static Vector<T> Apply(Vector<T> left, Vector<T> right) => left / right;
}

/// <summary>Sums, differences, products, quotients and remainders of columns and constants.</summary>
internal static class ArithmeticKernel
{
    internal static Operand Apply(BinaryExpr node, Operand left, Operand right)
    {
        if (!DataTypes.IsNumeric(left.Type) || !DataTypes.IsNumeric(right.Type))
            throw ExprEvaluator.Mismatch(node, left.Type, right.Type);
        DataType type = ExprEvaluator.Promote(node, left.Type, right.Type);
        if (node.Operator is BinaryOperator.Divide && type is DataType.Int64)
            type = DataType.Float64;
        left = left with { Column = CastKernel.Cast(left.Column, type) };
        right = right with { Column = CastKernel.Cast(right.Column, type) };
        if (node.Operator is BinaryOperator.Modulo && type is DataType.Int64)
            return IntegerModulo(left, right);
        return type switch
        {
            DataType.Int64 => Dispatch<long>(node.Operator, left, right),
            DataType.Float32 => Dispatch<float>(node.Operator, left, right),
            _ => Dispatch<double>(node.Operator, left, right),
        };
    }

    private static Operand Dispatch<T>(BinaryOperator op, Operand left, Operand right)
        where T : unmanaged, INumber<T> => op switch
        {
            BinaryOperator.Add => Run<T, AddOperation<T>>(left, right),
            BinaryOperator.Subtract => Run<T, SubtractOperation<T>>(left, right),
            BinaryOperator.Multiply => Run<T, MultiplyOperation<T>>(left, right),
            BinaryOperator.Divide => Run<T, DivideOperation<T>>(left, right),
            _ => Modulo<T>(left, right),
        };

    private static Operand Run<T, TOperation>(Operand left, Operand right)
        where T : unmanaged, INumber<T>
        where TOperation : struct, IArithmetic<T>
    {
        int length = Operand.Length(left, right);
        byte[] bytes = Operand.Allocate(length, out Span<T> result);
        ReadOnlySpan<T> a = left.Values<T>(), b = right.Values<T>();
        if (left.IsScalar == right.IsScalar)
            Pairs<T, TOperation>(a, b, result);
        else if (right.IsScalar)
            WithScalar<T, TOperation>(a, b[0], result);
        else
            ScalarWith<T, TOperation>(a[0], b, result);
        return Result<T>(bytes, length, left, right);
    }

    private static Operand Result<T>(byte[] bytes, int length, Operand left, Operand right)
        where T : unmanaged => Operand.Of<T>(
            bytes, Bitmap.And(left.Validity(length), right.Validity(length)), left.IsScalar && right.IsScalar);

    private static void Pairs<T, TOperation>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> result)
        where T : unmanaged
        where TOperation : struct, IArithmetic<T>
    {
        int i = 0;
        ref T a = ref MemoryMarshal.GetReference(left), b = ref MemoryMarshal.GetReference(right);
        ref T target = ref MemoryMarshal.GetReference(result);
        for (; i <= result.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            TOperation.Apply(Vector.LoadUnsafe(ref a, (nuint)i), Vector.LoadUnsafe(ref b, (nuint)i))
                .StoreUnsafe(ref target, (nuint)i);
        }
        for (; i < result.Length; i++)
            result[i] = TOperation.Apply(left[i], right[i]);
    }

    private static void WithScalar<T, TOperation>(ReadOnlySpan<T> left, T right, Span<T> result)
        where T : unmanaged
        where TOperation : struct, IArithmetic<T>
    {
        int i = 0;
        var vector = new Vector<T>(right);
        ref T a = ref MemoryMarshal.GetReference(left);
        ref T target = ref MemoryMarshal.GetReference(result);
        for (; i <= result.Length - Vector<T>.Count; i += Vector<T>.Count)
            TOperation.Apply(Vector.LoadUnsafe(ref a, (nuint)i), vector).StoreUnsafe(ref target, (nuint)i);
        for (; i < result.Length; i++)
            result[i] = TOperation.Apply(left[i], right);
    }

    private static void ScalarWith<T, TOperation>(T left, ReadOnlySpan<T> right, Span<T> result)
        where T : unmanaged
        where TOperation : struct, IArithmetic<T>
    {
        int i = 0;
        var vector = new Vector<T>(left);
        ref T b = ref MemoryMarshal.GetReference(right);
        ref T target = ref MemoryMarshal.GetReference(result);
        for (; i <= result.Length - Vector<T>.Count; i += Vector<T>.Count)
            TOperation.Apply(vector, Vector.LoadUnsafe(ref b, (nuint)i)).StoreUnsafe(ref target, (nuint)i);
        for (; i < result.Length; i++)
            result[i] = TOperation.Apply(left, right[i]);
    }

    private static Operand Modulo<T>(Operand left, Operand right)
        where T : unmanaged, INumber<T>
    {
        int length = Operand.Length(left, right);
        byte[] bytes = Operand.Allocate(length, out Span<T> result);
        ReadOnlySpan<T> a = left.Values<T>(), b = right.Values<T>();
        for (int i = 0; i < result.Length; i++)
            result[i] = a[left.IsScalar ? 0 : i] % b[right.IsScalar ? 0 : i];
        return Result<T>(bytes, length, left, right);
    }

    private static Operand IntegerModulo(Operand left, Operand right)
    {
        int length = Operand.Length(left, right);
        byte[] bytes = Operand.Allocate(length, out Span<long> result);
        ReadOnlySpan<long> a = left.Values<long>(), b = right.Values<long>();
        byte[]? nonZero = null;
        for (int i = 0; i < result.Length; i++)
        {
            long divisor = b[right.IsScalar ? 0 : i];
            if (divisor == 0)
                Bitmap.Clear(nonZero ??= Bitmap.Ones(length), i);
            // x % -1 is 0 for every x, and the processor would trap on the least one.
            result[i] = divisor is 0 or -1 ? 0 : a[left.IsScalar ? 0 : i] % divisor;
        }
        ReadOnlyMemory<byte> validity = Bitmap.And(left.Validity(length), right.Validity(length));
        return Operand.Of<long>(bytes, Bitmap.And(validity, nonZero), left.IsScalar && right.IsScalar);
    }
}
