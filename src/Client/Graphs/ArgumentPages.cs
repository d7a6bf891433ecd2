namespace TaskGraph;

/// <summary>Keeps the encoded arguments of many calls, few arrays for all of them.</summary>
internal sealed class ArgumentPages
{
    private const int PageBytes = 1 << 16;

    /// <summary>What is longer gets an array of its own rather than leave a page half empty.</summary>
    private const int MaxShared = PageBytes / 8;

    private byte[] _page = [];
    private int _used;
    private ReadOnlyMemory<byte> _last;

    /// <summary>A copy of <paramref name="arguments"/>.</summary>
    public ReadOnlyMemory<byte> Add(ReadOnlySpan<byte> arguments)
    {
        // Calls that take results alone have the same few bytes, one after the other.
        if (arguments.SequenceEqual(_last.Span))
            return _last;
        if (arguments.Length > MaxShared)
            return arguments.ToArray();
        if (arguments.Length > _page.Length - _used)
            (_page, _used) = (GC.AllocateUninitializedArray<byte>(PageBytes), 0);
        arguments.CopyTo(_page.AsSpan(_used));
        _last = _page.AsMemory(_used, arguments.Length);
        _used += arguments.Length;
        return _last;
    }
}
