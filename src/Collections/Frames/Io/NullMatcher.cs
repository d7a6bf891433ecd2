using System.Runtime.CompilerServices;

namespace TaskGraph.Collections;

/// <summary>Tells whether a field is one of the texts that mean null; most fields are told by their first
/// byte.</summary>
internal sealed class NullMatcher
{
    private readonly byte[][] _values;
    private readonly bool[] _firstBytes = new bool[256];
    private readonly bool _hasEmpty;

    internal NullMatcher(byte[][] values)
    {
        _values = values;
        foreach (byte[] value in values)
        {
            if (value.Length == 0)
                _hasEmpty = true;
            else
                _firstBytes[value[0]] = true;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsNull(ReadOnlySpan<byte> text) =>
        text.IsEmpty ? _hasEmpty : _firstBytes[text[0]] && IsAnyOf(text);

    private bool IsAnyOf(ReadOnlySpan<byte> text)
    {
        foreach (byte[] value in _values)
        {
            if (text.SequenceEqual(value))
                return true;
        }
        return false;
    }
}
