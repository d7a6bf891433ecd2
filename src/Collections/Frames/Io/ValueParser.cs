namespace TaskGraph.Collections;

/// <summary>Grows a column from values written as text.</summary>
internal abstract class ValueParser
{
    internal static ValueParser For(DataType type, int capacity = 0) => type switch
    {
        DataType.Int64 => new ValueParser<long, Int64Syntax>(capacity),
        DataType.Float64 => new ValueParser<double, Float64Syntax>(capacity),
        DataType.Float32 => new ValueParser<float, Float32Syntax>(capacity),
        DataType.Boolean => new ValueParser<bool, BooleanSyntax>(capacity),
        DataType.String => new TextParser(capacity),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a data type."),
    };

    /// <summary>Appends the value that <paramref name="text"/> spells, or nothing when it spells none.</summary>
    internal abstract bool TryAppend(ReadOnlySpan<byte> text);

    internal abstract void AppendNull();

    /// <summary>Appends the fields [<paramref name="row"/>, <paramref name="end"/>) of a column up to the first that
    /// cannot be read, and returns its row, or <paramref name="end"/>.</summary>
    internal abstract int AppendRun(CsvColumnRun run, int row, int end);

    internal abstract Column Build(string name);

    /// <summary>Makes room for <paramref name="count"/> values in all, if they go on as they began.</summary>
    internal abstract void Reserve(int count);
}

/// <summary>How values of a type are written.</summary>
internal interface IValueSyntax<T>
{
    static abstract bool TryParse(ReadOnlySpan<byte> text, out T value);
}

internal readonly struct Int64Syntax : IValueSyntax<long>
{
    public static bool TryParse(ReadOnlySpan<byte> text, out long value) => NumberParser.TryParse(text, out value);
}

internal readonly struct Float64Syntax : IValueSyntax<double>
{
    public static bool TryParse(ReadOnlySpan<byte> text, out double value) => NumberParser.TryParse(text, out value);
}

internal readonly struct Float32Syntax : IValueSyntax<float>
{
    public static bool TryParse(ReadOnlySpan<byte> text, out float value) => NumberParser.TryParse(text, out value);
}

/// <summary><c>true</c> and <c>false</c> in lower, upper or title case.</summary>
internal readonly struct BooleanSyntax : IValueSyntax<bool>
{
    public static bool TryParse(ReadOnlySpan<byte> text, out bool value)
    {
        value = text.SequenceEqual("true"u8) || text.SequenceEqual("True"u8) || text.SequenceEqual("TRUE"u8);
        return value
            || text.SequenceEqual("false"u8) || text.SequenceEqual("False"u8) || text.SequenceEqual("FALSE"u8);
    }
}

/// <summary>A parser of values of one size.</summary>
internal sealed class ValueParser<T, TSyntax>(int capacity) : ValueParser
    where T : unmanaged
    where TSyntax : struct, IValueSyntax<T>
{
    private readonly PrimitiveColumnBuilder<T> _builder = new(capacity);

    internal override bool TryAppend(ReadOnlySpan<byte> text)
    {
        if (!TSyntax.TryParse(text, out T value))
            return false;
        _builder.Append(value);
        return true;
    }

    internal override void AppendNull() => _builder.AppendNull();

    internal override int AppendRun(CsvColumnRun run, int row, int end)
    {
        for (; row < end; row++)
        {
            CsvField field = run[row];
            ReadOnlySpan<byte> text = run.Text(field);
            if (field.Form == CsvFieldForm.Missing || run.Nulls.IsNull(text))
                _builder.AppendNull();
            else if (TSyntax.TryParse(text, out T value))
                _builder.Append(value);
            else
                return row;
        }
        return end;
    }

    internal override Column Build(string name) => _builder.Build(name);

    internal override void Reserve(int count) => _builder.Reserve(count);
}
