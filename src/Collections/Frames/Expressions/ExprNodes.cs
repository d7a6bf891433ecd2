namespace TaskGraph.Collections;

internal sealed class ColumnExpr(string name) : Expr
{
    internal string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    internal override string OutputName => Name;

    internal override void CollectColumns(ISet<string> names) => names.Add(Name);

    public override string ToString() => $"col({Name})";
}

/// <summary>A constant, held as a column of one value.</summary>
internal sealed class LiteralExpr(Column value) : Expr
{
    internal Column Value { get; } = value;

    internal override string OutputName => "literal";

    internal override void CollectColumns(ISet<string> names)
    {
    }

    public override string ToString() => Value.GetValue(0) is string text ? $"\"{text}\"" : $"{Value.GetValue(0)}";
}

internal sealed class AliasExpr(Expr operand, string name) : Expr
{
    internal Expr Operand { get; } = operand;

    internal override string OutputName { get; } = name ?? throw new ArgumentNullException(nameof(name));

    internal override void CollectColumns(ISet<string> names) => Operand.CollectColumns(names);

    public override string ToString() => $"{Operand}.As({OutputName})";
}

internal sealed class CastExpr(Expr operand, DataType type) : Expr
{
    internal Expr Operand { get; } = operand;

    internal DataType Type { get; } = type;

    internal override string OutputName => Operand.OutputName;

    internal override void CollectColumns(ISet<string> names) => Operand.CollectColumns(names);

    public override string ToString() => $"{Operand}.Cast({DataTypes.Name(Type)})";
}

/// <summary>The numbers are part of the wire format.</summary>
internal enum UnaryOperator : byte
{
    Not = 1,
    Negate = 2,
    IsNull = 3,
    IsNotNull = 4,
    Abs = 5,
}

internal sealed class UnaryExpr(UnaryOperator op, Expr operand) : Expr
{
    internal UnaryOperator Operator { get; } = op;

    internal Expr Operand { get; } = operand ?? throw new ArgumentNullException(nameof(operand));

    internal override string OutputName => Operand.OutputName;

    internal override void CollectColumns(ISet<string> names) => Operand.CollectColumns(names);

    public override string ToString() => $"{Operator}({Operand})";
}

/// <summary>The numbers are part of the wire format.</summary>
internal enum BinaryOperator : byte
{
    Add = 1,
    Subtract = 2,
    Multiply = 3,
    Divide = 4,
    Modulo = 5,
    Equal = 6,
    NotEqual = 7,
    Less = 8,
    LessOrEqual = 9,
    Greater = 10,
    GreaterOrEqual = 11,
    And = 12,
    Or = 13,
    FillNull = 14,
    Contains = 15,
    StartsWith = 16,
    EndsWith = 17,
}

internal sealed class BinaryExpr(BinaryOperator op, Expr left, Expr right) : Expr
{
    internal BinaryOperator Operator { get; } = op;

    internal Expr Left { get; } = left ?? throw Null(nameof(left));

    internal Expr Right { get; } = right ?? throw Null(nameof(right));

    internal override string OutputName => Left is LiteralExpr ? Right.OutputName : Left.OutputName;

    internal override void CollectColumns(ISet<string> names)
    {
        Left.CollectColumns(names);
        Right.CollectColumns(names);
    }

    public override string ToString() => $"({Left} {Operator} {Right})";

    private static ArgumentNullException Null(string side) =>
        new(side, "An expression cannot be compared or combined with null; ask with IsNull() or IsNotNull().");
}
