namespace TaskGraph.Collections;

/// <summary>Grows a column of text; every text is a value, quoted or not.</summary>
internal sealed class TextParser(int capacity) : ValueParser
{
    private readonly StringColumnBuilder _builder = new(capacity);

    internal override bool TryAppend(ReadOnlySpan<byte> text)
    {
        _builder.Append(text);
        return true;
    }

    internal override void AppendNull() => _builder.AppendNull();

    internal override int AppendRun(CsvColumnRun run, int row, int end)
    {
        for (; row < end; row++)
        {
            CsvField field = run[row];
            ReadOnlySpan<byte> text = run.Text(field);
            bool canBeNull = field.Form == CsvFieldForm.Plain || run.Format.QuotedNulls;
            if (field.Form == CsvFieldForm.Missing || (canBeNull && run.Nulls.IsNull(text)))
                _builder.AppendNull();
            else if (field.Form == CsvFieldForm.Escaped)
                AppendEscaped(text, run.Format.Quote, run.Format.Escape);
            else
                _builder.Append(text);
        }
        return end;
    }

    internal override Column Build(string name) => _builder.Build(name);

    internal override void Reserve(int count) => _builder.Reserve(count);

    /// <summary>Appends what stood between quotes: each escaped byte for itself, each doubled quote for one.</summary>
    private void AppendEscaped(ReadOnlySpan<byte> text, byte quote, byte escape)
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
}
