using System.Numerics;

namespace TaskGraph.Collections;

/// <summary>Not, negation, absolute value and the tests for null.</summary>
internal static class UnaryKernel
{
    internal static Operand Apply(UnaryExpr node, Operand operand) => (node.Operator, operand.Type) switch
    {
        (UnaryOperator.IsNull, _) => Nulls(operand, true),
        (UnaryOperator.IsNotNull, _) => Nulls(operand, false),
        (UnaryOperator.Not, DataType.Boolean) => Not(operand),
        (UnaryOperator.Negate or UnaryOperator.Abs, DataType.Int64) => Sign<long>(node.Operator, operand),
        (UnaryOperator.Negate or UnaryOperator.Abs, DataType.Float64) => Sign<double>(node.Operator, operand),
        (UnaryOperator.Negate or UnaryOperator.Abs, DataType.Float32) => Sign<float>(node.Operator, operand),
        _ => throw new SchemaException(
            $"{node.Operator} cannot take {DataTypes.Name(operand.Type)} in {node}; cast it first."),
    };

    private static Operand Nulls(Operand operand, bool whenNull)
    {
        byte[] bytes = Operand.Allocate(operand.Column.Length, out Span<bool> result);
        result.Fill(!whenNull);
        if (operand.Column.NullCount > 0)
        {
            ReadOnlySpan<byte> validity = operand.Column.Validity.Span;
            for (int i = 0; i < result.Length; i++)
                result[i] = Bitmap.Get(validity, i) ^ whenNull;
        }
        return Operand.Of<bool>(bytes, default, operand.IsScalar);
    }

    private static Operand Not(Operand operand)
    {
        ReadOnlySpan<bool> values = operand.Values<bool>();
        byte[] bytes = Operand.Allocate(values.Length, out Span<bool> result);
        for (int i = 0; i < result.Length; i++)
            result[i] = !values[i];
        return Operand.Of<bool>(bytes, operand.Column.Validity, operand.IsScalar);
    }

    private static Operand Sign<T>(UnaryOperator op, Operand operand)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> values = operand.Values<T>();
        byte[] bytes = Operand.Allocate(values.Length, out Span<T> result);
        // T.Abs throws at the least integer, where negation wraps; both wrap here.
        for (int i = 0; i < result.Length; i++)
            result[i] = op is UnaryOperator.Negate || T.IsNegative(values[i]) ? -values[i] : values[i];
        return Operand.Of<T>(bytes, operand.Column.Validity, operand.IsScalar);
    }
}
