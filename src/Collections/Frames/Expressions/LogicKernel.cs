namespace TaskGraph.Collections;

/// <summary>Three-valued and/or, after Kleene: an unknown side matters only where the other does not decide.</summary>
internal static class LogicKernel
{
    internal static Operand Apply(BinaryExpr node, Operand left, Operand right)
    {
        if (left.Type is not DataType.Boolean || right.Type is not DataType.Boolean)
            throw ExprEvaluator.Mismatch(node, left.Type, right.Type);
        bool isAnd = node.Operator is BinaryOperator.And;
        int length = Operand.Length(left, right);
        byte[] bytes = Operand.Allocate(length, out Span<bool> result);
        ReadOnlySpan<bool> a = left.Values<bool>(), b = right.Values<bool>();
        bool isScalar = left.IsScalar && right.IsScalar;
        if (left.Column.NullCount == 0 && right.Column.NullCount == 0)
        {
            for (int i = 0; i < result.Length; i++)
            {
                bool x = a[left.IsScalar ? 0 : i], y = b[right.IsScalar ? 0 : i];
                result[i] = isAnd ? x & y : x | y;
            }
            return Operand.Of<bool>(bytes, default, isScalar);
        }
        byte[] validity = Bitmap.Ones(length);
        for (int i = 0; i < result.Length; i++)
        {
            bool? x = Value(left, a, i), y = Value(right, b, i);
            bool? value = isAnd ? x & y : x | y;
            result[i] = value ?? false;
            if (value is null)
                Bitmap.Clear(validity, i);
        }
        return Operand.Of<bool>(bytes, validity, isScalar);
    }

    /// <summary>C#'s own <c>bool?</c> operators are three-valued.</summary>
    private static bool? Value(Operand operand, ReadOnlySpan<bool> values, int row)
    {
        int index = operand.IsScalar ? 0 : row;
        return operand.Column.IsNull(index) ? null : values[index];
    }
}
