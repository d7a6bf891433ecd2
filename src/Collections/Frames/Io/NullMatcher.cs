namespace TaskGraph.Collections;

/// <summary>Tells whether a field is one of the texts that mean null; most fields are told by their length.</summary>
internal sealed class NullMatcher
{
    private readonly byte[][] _values;
    private readonly ulong _lengths;

    internal NullMatcher(byte[][] values)
    {
        _values = values;
        foreach (byte[] value in values)
            _lengths |= 1UL << Math.Min(value.Length, 63);
    }

    internal bool IsNull(ReadOnlySpan<byte> text)
    {
        if ((_lengths >> Math.Min(text.Length, 63) & 1) == 0)
            return false;
        foreach (byte[] value in _values)
        {
            if (text.SequenceEqual(value))
                return true;
        }
        return false;
    }
}
