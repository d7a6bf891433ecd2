using static TaskGraph.Collections.Expr;

namespace TaskGraph.Collections.Tests.Frames;

/// <summary>Draws expressions over an int64 column a and a double column b.</summary>
internal static class RandomExpressions
{
    internal static Expr Number(Random random, int depth)
    {
        if (depth == 0)
            return random.Next(4) switch
            {
                0 => Lit((long)random.Next(-3, 4)),
                1 => Lit(0.5),
                2 => Col("b"),
                _ => Col("a")
            };
        Expr left = Number(random, depth - 1);
        return random.Next(9) switch
        {
            0 => left + Number(random, depth - 1),
            1 => left - Number(random, depth - 1),
            2 => left * Number(random, depth - 1),
            3 => left / Number(random, depth - 1),
            4 => left % Number(random, depth - 1),
            5 => left.FillNull(Number(random, depth - 1)),
            6 => -left,
            7 => left.Abs(),
            _ => left.Cast(DataType.Float64),
        };
    }

    internal static Expr Condition(Random random, int depth)
    {
        if (depth == 0)
            return Number(random, 0) > Number(random, 0);
        Expr left = Number(random, depth - 1), right = Number(random, depth - 1);
        return random.Next(11) switch
        {
            0 => left > right,
            1 => left >= right,
            2 => left < right,
            3 => left <= right,
            4 => left == right,
            5 => left != right,
            6 => left.IsNull(),
            7 => left.IsNotNull(),
            8 => !Condition(random, depth - 1),
            9 => Condition(random, depth - 1) & Condition(random, depth - 1),
            _ => Condition(random, depth - 1) | Condition(random, depth - 1),
        };
    }
}

/// <summary>Evaluates an expression one row at a time, as plainly as can be.</summary>
internal static class ScalarEvaluator
{
    internal static object? Evaluate(Expr expression, Table table, int row)
    {
        switch (expression)
        {
            case ColumnExpr column:
                return table[column.Name].GetValue(row);
            case LiteralExpr literal:
                return literal.Value.GetValue(0);
            case CastExpr cast:
                return Evaluate(cast.Operand, table, row) is { } value ? Convert.ToDouble(value) : null;
            case UnaryExpr unary:
                return Unary(unary.Operator, Evaluate(unary.Operand, table, row));
            default:
                var binary = (BinaryExpr)expression;
                object? left = Evaluate(binary.Left, table, row), right = Evaluate(binary.Right, table, row);
                return binary.Operator switch
                {
                    BinaryOperator.And => (bool?)left & (bool?)right,
                    BinaryOperator.Or => (bool?)left | (bool?)right,
                    BinaryOperator.FillNull => FillNull(binary, left, right, table),
                    _ when left is null || right is null => null,
                    <= BinaryOperator.Modulo => Arithmetic(binary.Operator, left, right),
                    _ => Relation(binary.Operator, Convert.ToDouble(left), Convert.ToDouble(right)),
                };
        }
    }

    private static object? Unary(UnaryOperator op, object? value) => op switch
    {
        UnaryOperator.IsNull => value is null,
        UnaryOperator.IsNotNull => value is not null,
        UnaryOperator.Not => !(bool?)value,
        UnaryOperator.Negate => value is long number ? (object)-number : -(double?)value,
        _ => value is long number ? (object)Math.Abs(number) : value is double real ? Math.Abs(real) : null,
    };

    /// <summary>The type of the whole column decides, not that of the row's value.</summary>
    private static object? FillNull(BinaryExpr node, object? left, object? right, Table table)
    {
        object? value = left ?? right;
        bool isDouble = ExprEvaluator.Evaluate(node, Table.Empty(table.Schema)).DataType is DataType.Float64;
        return isDouble && value is long number ? (double)number : value;
    }

    private static object? Arithmetic(BinaryOperator op, object left, object right)
    {
        if (left is long a && right is long b && op is not BinaryOperator.Divide)
        {
            return op switch
            {
                BinaryOperator.Add => a + b,
                BinaryOperator.Subtract => a - b,
                BinaryOperator.Multiply => a * b,
                _ => b == 0 ? null : a % b,
            };
        }
        double x = Convert.ToDouble(left), y = Convert.ToDouble(right);
        return op switch
        {
            BinaryOperator.Add => x + y,
            BinaryOperator.Subtract => x - y,
            BinaryOperator.Multiply => x * y,
            BinaryOperator.Divide => x / y,
            _ => x % y,
        };
    }

    private static bool Relation(BinaryOperator op, double x, double y) => op switch
    {
        BinaryOperator.Equal => x == y,
        BinaryOperator.NotEqual => x != y,
        BinaryOperator.Less => x < y,
        BinaryOperator.LessOrEqual => x <= y,
        BinaryOperator.Greater => x > y,
        _ => x >= y,
    };
}
