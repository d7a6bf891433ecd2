using System.Buffers;

namespace TaskGraph.Transport.Frames;

/// <summary>
/// The bytes that have arrived and are not consumed. Small while a connection idles, as there may be thousands of
/// them; larger while bytes pour in; as large as a frame while one is incomplete.
/// </summary>
internal sealed class ReceiveBuffer
{
    /// <summary>The size of an idle connection's buffer.</summary>
    public const int IdleBytes = 4 << 10;

    /// <summary>The size under load, unless a frame needs more.</summary>
    public const int BusyBytes = 64 << 10;

    /// <summary>After so many small receives in a row a busy buffer shrinks again.</summary>
    private const int CalmReceives = 16;

    private byte[] _bytes = [];
    private int _start;
    private int _end;
    private int _calm;
    private bool _filled;

    /// <summary>How many bytes wait.</summary>
    public int Count => _end - _start;

    /// <summary>The bytes that wait.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, _end - _start);

    /// <summary>
    /// Room for more, with a frame of <paramref name="frameBytes"/> at the start of what waits in mind.
    /// </summary>
    public Memory<byte> GetMemory(int frameBytes)
    {
        var busy = _filled || (_bytes.Length >= BusyBytes && _calm < CalmReceives);
        var wanted = Math.Max(busy ? BusyBytes : IdleBytes, frameBytes);
        if (_bytes.Length < wanted || (Count == 0 && _bytes.Length > 2 * wanted))
            Resize(wanted);
        else if (_start > 0 && _start + frameBytes > _bytes.Length)
            MoveToStart();
        return _bytes.AsMemory(_end);
    }

    /// <summary>Notes that <paramref name="count"/> bytes have arrived.</summary>
    public void Advance(int count)
    {
        _end += count;
        _filled = _end == _bytes.Length;
        _calm = count > IdleBytes / 2 ? 0 : Math.Min(_calm + 1, CalmReceives);
    }

    /// <summary>Drops the first <paramref name="count"/> bytes.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
            _start = _end = 0;
    }

    /// <summary>Moves as many bytes as there are and fit.</summary>
    public int MoveTo(Span<byte> destination)
    {
        var count = Math.Min(Count, destination.Length);
        Span[..count].CopyTo(destination);
        Consume(count);
        return count;
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _start = _end = 0;
    }

    private void MoveToStart()
    {
        Span.CopyTo(_bytes);
        _end -= _start;
        _start = 0;
    }

    private void Resize(int size)
    {
        var resized = ArrayPool<byte>.Shared.Rent(Math.Max(size, Count));
        Span.CopyTo(resized);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = resized;
        _end -= _start;
        _start = 0;
    }
}
