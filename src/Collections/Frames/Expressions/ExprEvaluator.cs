namespace TaskGraph.Collections;

/// <summary>Evaluates an expression over a table, one vectorised pass per node.</summary>
internal static class ExprEvaluator
{
    /// <summary>The expression's values for every row, under its output name.</summary>
    /// <exception cref="SchemaException">A column is missing or has a type that an operator cannot take.</exception>
    internal static Column Evaluate(Expr expression, Table table) =>
        Node(expression, table).Expand(table.RowCount).Rename(expression.OutputName);

    /// <summary>A mask of the rows where <paramref name="condition"/> is true.</summary>
    internal static bool[] Mask(Expr condition, Table table)
    {
        Column column = Evaluate(condition, table);
        if (column is not PrimitiveColumn<bool> flags)
        {
            throw new SchemaException($"A filter needs a bool, and {condition} is "
                + $"{DataTypes.Name(column.DataType)}; compare it with something.");
        }
        bool[] mask = flags.Values.ToArray();
        if (flags.NullCount > 0)
        {
            ReadOnlySpan<byte> validity = flags.Validity.Span;
            for (int i = 0; i < mask.Length; i++)
                mask[i] &= Bitmap.Get(validity, i);
        }
        return mask;
    }

    private static Operand Node(Expr expression, Table table)
    {
        switch (expression)
        {
            case ColumnExpr column:
                return new Operand(table[column.Name], false);
            case LiteralExpr literal:
                return new Operand(literal.Value, true);
            case AliasExpr alias:
                return Node(alias.Operand, table);
            case CastExpr cast:
                Operand operand = Node(cast.Operand, table);
                return operand with { Column = CastKernel.Cast(operand.Column, cast.Type) };
            case UnaryExpr unary:
                return UnaryKernel.Apply(unary, Node(unary.Operand, table));
            case BinaryExpr binary:
                return Binary(binary, Node(binary.Left, table), Node(binary.Right, table));
            default:
                throw new InvalidOperationException($"No rule evaluates {expression.GetType().Name}.");
        }
    }

    private static Operand Binary(BinaryExpr node, Operand left, Operand right) => node.Operator switch
    {
        <= BinaryOperator.Modulo => ArithmeticKernel.Apply(node, left, right),
        <= BinaryOperator.GreaterOrEqual => ComparisonKernel.Apply(node, left, right),
        <= BinaryOperator.Or => LogicKernel.Apply(node, left, right),
        BinaryOperator.FillNull => FillNullKernel.Apply(node, left, right),
        _ => TextKernel.Apply(node, left, right),
    };

    /// <summary>The type that two numbers meet in: the wider one, and double for an int64 with a float.</summary>
    internal static DataType Promote(BinaryExpr node, DataType left, DataType right)
    {
        if (left == right)
            return left;
        if (DataTypes.IsNumeric(left) && DataTypes.IsNumeric(right))
            return DataType.Float64;
        throw Mismatch(node, left, right);
    }

    internal static SchemaException Mismatch(BinaryExpr node, DataType left, DataType right) => new(
        $"{node.Operator} cannot take {DataTypes.Name(left)} and {DataTypes.Name(right)} in {node}; cast one side.");
}
