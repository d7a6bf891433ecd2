namespace TaskGraph.Collections;

/// <summary>Grows a column from values written as text.</summary>
internal abstract class ValueParser
{
    internal static ValueParser For(DataType type, int capacity = 0) => type switch
    {
        DataType.Int64 => new Int64Parser(capacity),
        DataType.Float64 => new Float64Parser(capacity),
        DataType.Float32 => new Float32Parser(capacity),
        DataType.Boolean => new BooleanParser(capacity),
        DataType.String => new TextParser(capacity),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a data type."),
    };

    /// <summary>Appends the value that <paramref name="text"/> spells, or nothing when it spells none.</summary>
    internal abstract bool TryAppend(ReadOnlySpan<byte> text);

    internal abstract void AppendNull();

    internal abstract Column Build(string name);

    /// <summary>The values of <c>true</c> and <c>false</c> in lower, upper or title case.</summary>
    internal static bool? Flag(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("true"u8) || text.SequenceEqual("True"u8) || text.SequenceEqual("TRUE"u8) ? true
        : text.SequenceEqual("false"u8) || text.SequenceEqual("False"u8) || text.SequenceEqual("FALSE"u8) ? false
        : null;
}

/// <summary>A parser over a builder of one value type.</summary>
internal abstract class ValueParser<T>(int capacity) : ValueParser
    where T : unmanaged
{
    private protected PrimitiveColumnBuilder<T> Builder { get; } = new(capacity);

    internal override void AppendNull() => Builder.AppendNull();

    internal override Column Build(string name) => Builder.Build(name);
}

internal sealed class Int64Parser(int capacity) : ValueParser<long>(capacity)
{
    internal override bool TryAppend(ReadOnlySpan<byte> text)
    {
        if (!NumberParser.TryParse(text, out long value))
            return false;
        Builder.Append(value);
        return true;
    }
}

internal sealed class Float64Parser(int capacity) : ValueParser<double>(capacity)
{
    internal override bool TryAppend(ReadOnlySpan<byte> text)
    {
        if (!NumberParser.TryParse(text, out double value))
            return false;
        Builder.Append(value);
        return true;
    }
}

internal sealed class Float32Parser(int capacity) : ValueParser<float>(capacity)
{
    internal override bool TryAppend(ReadOnlySpan<byte> text)
    {
        if (!NumberParser.TryParse(text, out float value))
            return false;
        Builder.Append(value);
        return true;
    }
}

internal sealed class BooleanParser(int capacity) : ValueParser<bool>(capacity)
{
    internal override bool TryAppend(ReadOnlySpan<byte> text)
    {
        if (Flag(text) is not { } value)
            return false;
        Builder.Append(value);
        return true;
    }
}

internal sealed class TextParser(int capacity) : ValueParser
{
    private readonly StringColumnBuilder _builder = new(capacity);

    internal override bool TryAppend(ReadOnlySpan<byte> text)
    {
        _builder.Append(text);
        return true;
    }

    /// <summary>Appends what stood between quotes: each escaped byte for itself, each doubled quote for one.</summary>
    internal void AppendEscaped(ReadOnlySpan<byte> text, byte quote, byte escape)
    {
        Span<byte> target = _builder.Open(text.Length);
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool skips = text[i] == quote || (escape != 0 && text[i] == escape);
            if (skips && i + 1 < text.Length)
                i++;
            target[length++] = text[i];
        }
        _builder.Commit(length);
    }

    internal override void AppendNull() => _builder.AppendNull();

    internal override Column Build(string name) => _builder.Build(name);
}
