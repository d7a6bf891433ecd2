namespace TaskGraph.Collections;

/// <summary>A relation between two values.</summary>
internal interface IRelation
{
    static abstract bool Holds<T>(T left, T right)
        where T : unmanaged, IComparable<T>, IEquatable<T>, System.Numerics.IComparisonOperators<T, T, bool>;

    /// <summary>Whether it holds between two things that compare as <paramref name="order"/> says.</summary>
    static abstract bool Holds(int order);
}

internal readonly struct EqualRelation : IRelation
{
    public static bool Holds<T>(T left, T right)
        where T : unmanaged, IComparable<T>, IEquatable<T>, System.Numerics.IComparisonOperators<T, T, bool> =>
        left == right;

    public static bool Holds(int order) => order == 0;
}

internal readonly struct NotEqualRelation : IRelation
{
    public static bool Holds<T>(T left, T right)
        where T : unmanaged, IComparable<T>, IEquatable<T>, System.Numerics.IComparisonOperators<T, T, bool> =>
        left != right;

    public static bool Holds(int order) => order != 0;
}

internal readonly struct LessRelation : IRelation
{
    public static bool Holds<T>(T left, T right)
        where T : unmanaged, IComparable<T>, IEquatable<T>, System.Numerics.IComparisonOperators<T, T, bool> =>
        left < right;

    public static bool Holds(int order) => order < 0;
}

internal readonly struct LessOrEqualRelation : IRelation
{
    public static bool Holds<T>(T left, T right)
        where T : unmanaged, IComparable<T>, IEquatable<T>, System.Numerics.IComparisonOperators<T, T, bool> =>
        left <= right;

    public static bool Holds(int order) => order <= 0;
}

/// <summary>Compares columns and constants. NaN is unequal to everything and neither less nor greater.</summary>
internal static class ComparisonKernel
{
    internal static Operand Apply(BinaryExpr node, Operand left, Operand right)
    {
        DataType type = ExprEvaluator.Promote(node, left.Type, right.Type);
        // a > b is b < a, so that four relations serve six operators.
        bool swap = node.Operator is BinaryOperator.Greater or BinaryOperator.GreaterOrEqual;
        (Operand a, Operand b) = swap ? (right, left) : (left, right);
        return node.Operator switch
        {
            BinaryOperator.Equal => Dispatch<EqualRelation>(type, a, b),
            BinaryOperator.NotEqual => Dispatch<NotEqualRelation>(type, a, b),
            BinaryOperator.Less or BinaryOperator.Greater => Dispatch<LessRelation>(type, a, b),
            _ => Dispatch<LessOrEqualRelation>(type, a, b),
        };
    }

    private static Operand Dispatch<TRelation>(DataType type, Operand left, Operand right)
        where TRelation : struct, IRelation
    {
        if (type is DataType.String)
            return Strings<TRelation>(left, right);
        if (type is DataType.Boolean)
            return Numbers<byte, TRelation>(AsBytes(left), AsBytes(right));
        left = left with { Column = CastKernel.Cast(left.Column, type) };
        right = right with { Column = CastKernel.Cast(right.Column, type) };
        return type switch
        {
            DataType.Int64 => Numbers<long, TRelation>(left, right),
            DataType.Float32 => Numbers<float, TRelation>(left, right),
            _ => Numbers<double, TRelation>(left, right),
        };
    }

    private static Operand AsBytes(Operand flags)
    {
        var column = (PrimitiveColumn<bool>)flags.Column;
        return flags with { Column = new PrimitiveColumn<byte>("", column.Buffer, column.Validity, column.DataType) };
    }

    private static Operand Numbers<T, TRelation>(Operand left, Operand right)
        where T : unmanaged, IComparable<T>, IEquatable<T>, System.Numerics.IComparisonOperators<T, T, bool>
        where TRelation : struct, IRelation
    {
        int length = Operand.Length(left, right);
        byte[] bytes = Operand.Allocate(length, out Span<bool> result);
        ReadOnlySpan<T> a = left.Values<T>(), b = right.Values<T>();
        if (left.IsScalar == right.IsScalar)
        {
            b = b[..result.Length];
            a = a[..result.Length];
            for (int i = 0; i < result.Length; i++)
                result[i] = TRelation.Holds(a[i], b[i]);
        }
        else if (right.IsScalar)
        {
            T value = b[0];
            a = a[..result.Length];
            for (int i = 0; i < result.Length; i++)
                result[i] = TRelation.Holds(a[i], value);
        }
        else
        {
            T value = a[0];
            b = b[..result.Length];
            for (int i = 0; i < result.Length; i++)
                result[i] = TRelation.Holds(value, b[i]);
        }
        return Result(bytes, length, left, right);
    }

    private static Operand Strings<TRelation>(Operand left, Operand right)
        where TRelation : struct, IRelation
    {
        int length = Operand.Length(left, right);
        byte[] bytes = Operand.Allocate(length, out Span<bool> result);
        var a = new TextValues(left);
        var b = new TextValues(right);
        // Equality needs no order, and different lengths settle it.
        bool isEquality = typeof(TRelation) == typeof(EqualRelation) || typeof(TRelation) == typeof(NotEqualRelation);
        for (int i = 0; i < result.Length; i++)
        {
            int order = isEquality ? (a[i].SequenceEqual(b[i]) ? 0 : 1) : a[i].SequenceCompareTo(b[i]);
            result[i] = TRelation.Holds(order);
        }
        return Result(bytes, length, left, right);
    }

    private static Operand Result(byte[] bytes, int length, Operand left, Operand right) => Operand.Of<bool>(
        bytes, Bitmap.And(left.Validity(length), right.Validity(length)), left.IsScalar && right.IsScalar);
}
