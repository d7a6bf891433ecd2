namespace TaskGraph.Collections;

/// <summary>The left side, and where that is null the right one.</summary>
internal static class FillNullKernel
{
    internal static Operand Apply(BinaryExpr node, Operand left, Operand right)
    {
        DataType type = ExprEvaluator.Promote(node, left.Type, right.Type);
        Column a = CastKernel.Cast(left.Column, type), b = CastKernel.Cast(right.Column, type);
        if (left.Column.NullCount == 0)
            return left with { Column = a };
        int length = Operand.Length(left, right);
        // One column of both sides' values, from which each row takes its own.
        Column both = Column.Concat([a, b]);
        var indices = new int[length];
        for (int i = 0; i < length; i++)
        {
            int index = left.IsScalar ? 0 : i;
            indices[i] = a.IsNull(index) ? a.Length + (right.IsScalar ? 0 : i) : index;
        }
        return new Operand(both.Take(indices), left.IsScalar && right.IsScalar);
    }
}
