using System.Runtime.CompilerServices;

namespace TaskGraph.Collections;

/// <summary>The UTF-8 values of a string operand, the one value for every row where it is a constant.</summary>
internal readonly ref struct TextValues
{
    private readonly ReadOnlySpan<int> _offsets;
    private readonly ReadOnlySpan<byte> _data;
    private readonly int _step;

    internal TextValues(Operand operand)
        : this(operand.Strings, operand.IsScalar)
    {
    }

    internal TextValues(StringColumn column, bool isScalar = false)
    {
        _offsets = column.Offsets;
        _data = column.Data.Span;
        _step = isScalar ? 0 : 1;
    }

    internal ReadOnlySpan<byte> this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            int index = row * _step;
            int start = _offsets[index];
            return _data.Slice(start - _offsets[0], _offsets[index + 1] - start);
        }
    }
}

/// <summary>Tests on text: contains, starts with, ends with.</summary>
internal static class TextKernel
{
    internal static Operand Apply(BinaryExpr node, Operand left, Operand right)
    {
        if (left.Type is not DataType.String || right.Type is not DataType.String)
            throw ExprEvaluator.Mismatch(node, left.Type, right.Type);
        int length = Operand.Length(left, right);
        byte[] bytes = Operand.Allocate(length, out Span<bool> result);
        var text = new TextValues(left);
        var sought = new TextValues(right);
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = node.Operator switch
            {
                BinaryOperator.Contains => text[i].IndexOf(sought[i]) >= 0,
                BinaryOperator.StartsWith => text[i].StartsWith(sought[i]),
                _ => text[i].EndsWith(sought[i]),
            };
        }
        return Operand.Of<bool>(
            bytes, Bitmap.And(left.Validity(length), right.Validity(length)), left.IsScalar && right.IsScalar);
    }
}
