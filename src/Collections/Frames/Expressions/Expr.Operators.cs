namespace TaskGraph.Collections;

public abstract partial class Expr
{
    /// <summary>A literal integer.</summary>
    public static implicit operator Expr(long value) => Lit(value);

    /// <summary>A literal integer.</summary>
    public static implicit operator Expr(int value) => Lit((long)value);

    /// <summary>A literal double.</summary>
    public static implicit operator Expr(double value) => Lit(value);

    /// <summary>A literal 32-bit float.</summary>
    public static implicit operator Expr(float value) => Lit(value);

    /// <summary>A literal bool.</summary>
    public static implicit operator Expr(bool value) => Lit(value);

    /// <summary>A literal text.</summary>
    public static implicit operator Expr(string value) => Lit(value);

    /// <summary>The sum; int64 wraps around.</summary>
    public static Expr operator +(Expr left, Expr right) => new BinaryExpr(BinaryOperator.Add, left, right);

    /// <summary>The difference; int64 wraps around.</summary>
    public static Expr operator -(Expr left, Expr right) => new BinaryExpr(BinaryOperator.Subtract, left, right);

    /// <summary>The product; int64 wraps around.</summary>
    public static Expr operator *(Expr left, Expr right) => new BinaryExpr(BinaryOperator.Multiply, left, right);

    /// <summary>The quotient, as a floating-point number even of integers.</summary>
    public static Expr operator /(Expr left, Expr right) => new BinaryExpr(BinaryOperator.Divide, left, right);

    /// <summary>The remainder with the sign of the dividend, as in C# and SQL; null where an integer is divided
    /// by 0.</summary>
    public static Expr operator %(Expr left, Expr right) => new BinaryExpr(BinaryOperator.Modulo, left, right);

    /// <summary>Equality; null where either side is.</summary>
    public static Expr operator ==(Expr left, Expr right) => new BinaryExpr(BinaryOperator.Equal, left, right);

    /// <summary>Inequality; null where either side is.</summary>
    public static Expr operator !=(Expr left, Expr right) => new BinaryExpr(BinaryOperator.NotEqual, left, right);

    /// <summary>Less than; null where either side is.</summary>
    public static Expr operator <(Expr left, Expr right) => new BinaryExpr(BinaryOperator.Less, left, right);

    /// <summary>At most; null where either side is.</summary>
    public static Expr operator <=(Expr left, Expr right) => new BinaryExpr(BinaryOperator.LessOrEqual, left, right);

    /// <summary>Greater than; null where either side is.</summary>
    public static Expr operator >(Expr left, Expr right) => new BinaryExpr(BinaryOperator.Greater, left, right);

    /// <summary>At least; null where either side is.</summary>
    public static Expr operator >=(Expr left, Expr right) =>
        new BinaryExpr(BinaryOperator.GreaterOrEqual, left, right);

    /// <summary>And, three-valued: false and null is false.</summary>
    public static Expr operator &(Expr left, Expr right) => new BinaryExpr(BinaryOperator.And, left, right);

    /// <summary>Or, three-valued: true or null is true.</summary>
    public static Expr operator |(Expr left, Expr right) => new BinaryExpr(BinaryOperator.Or, left, right);

    /// <summary>Not; null stays null.</summary>
    public static Expr operator !(Expr operand) => new UnaryExpr(UnaryOperator.Not, operand);

    /// <summary>The negated number.</summary>
    public static Expr operator -(Expr operand) => new UnaryExpr(UnaryOperator.Negate, operand);
}
