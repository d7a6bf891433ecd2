using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TaskGraph.Collections;

/// <summary>
/// Cuts bytes into rows of fields after RFC 4180. Separators and line ends are found 64 bytes at a time by vector
/// comparison and kept as a bit mask; quoted fields, which are rarer, by searching the closing quote. A row ends
/// with LF or CR LF; a lone CR is data.
/// </summary>
internal ref struct CsvTokenizer
{
    private const int BlockSize = 64;
    private readonly ReadOnlySpan<byte> _data;
    private readonly byte _separator;
    private readonly byte _quote;
    private readonly byte _escape;
    private ulong _mask;
    private int _block;

    internal CsvTokenizer(ReadOnlySpan<byte> data, byte separator, byte quote, byte escape)
    {
        _data = data;
        _separator = separator;
        _quote = quote;
        _escape = escape;
        _mask = data.IsEmpty ? 0 : LoadMask(0);
    }

    /// <summary>Where the next row begins.</summary>
    internal int Position { get; private set; }

    /// <summary>Whether the row read last ended with a line end, not with the data.</summary>
    internal bool EndedWithLine { get; private set; }

    /// <summary>Reads one row: its first fields into <paramref name="fields"/>, as many as fit.</summary>
    /// <returns>How many fields the row has; 0 at the end of the data.</returns>
    internal int ReadRow(Span<CsvField> fields, out CsvRowFault fault)
    {
        fault = CsvRowFault.None;
        int start = Position;
        if (start >= _data.Length)
            return 0;
        for (int count = 0; ; count++)
        {
            CsvField field;
            int delimiter;
            if (start < _data.Length && _data[start] == _quote)
            {
                field = Quoted(start, out delimiter, ref fault);
            }
            else
            {
                delimiter = NextDelimiter();
                bool trim = delimiter > start && IsLineEnd(delimiter) && _data[delimiter - 1] == (byte)'\r';
                field = new CsvField(start, trim ? delimiter - 1 : delimiter, CsvFieldForm.Plain);
            }
            if (count < fields.Length)
                fields[count] = field;
            start = delimiter + 1;
            if (delimiter >= _data.Length || _data[delimiter] == (byte)'\n')
            {
                EndedWithLine = delimiter < _data.Length;
                Position = Math.Min(start, _data.Length);
                return count + 1;
            }
        }
    }

    /// <summary>The next separator or line end, or the end of the data.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int NextDelimiter()
    {
        while (_mask == 0)
        {
            _block += BlockSize;
            if (_block >= _data.Length)
            {
                _block = _data.Length;
                return _data.Length;
            }
            _mask = LoadMask(_block);
        }
        int position = _block + BitOperations.TrailingZeroCount(_mask);
        _mask &= _mask - 1;
        return position;
    }

    private readonly bool IsLineEnd(int position) => position >= _data.Length || _data[position] == (byte)'\n';

    private CsvField Quoted(int start, out int delimiter, ref CsvRowFault fault)
    {
        var form = CsvFieldForm.Quoted;
        int position = start + 1;
        while (true)
        {
            ReadOnlySpan<byte> rest = _data[position..];
            int found = _escape == 0 ? rest.IndexOf(_quote) : rest.IndexOfAny(_quote, _escape);
            if (found < 0 || (rest[found] == _escape && found + 1 >= rest.Length))
            {
                fault = CsvRowFault.OpenQuote;
                Seek(_data.Length);
                delimiter = _data.Length;
                return new CsvField(start + 1, _data.Length, form);
            }
            position += found;
            bool escaped = _data[position] != _quote
                || (_escape != _quote && position + 1 < _data.Length && _data[position + 1] == _quote);
            if (!escaped)
                break;
            form = CsvFieldForm.Escaped;
            position += 2;
        }
        Seek(position + 1);
        delimiter = NextDelimiter();
        ReadOnlySpan<byte> after = _data[(position + 1)..delimiter];
        if (!after.IsEmpty && !(after is [(byte)'\r'] && IsLineEnd(delimiter)))
            fault = CsvRowFault.TextAfterQuote;
        return new CsvField(start + 1, position, form);
    }

    /// <summary>Goes on looking for delimiters at <paramref name="position"/>.</summary>
    private void Seek(int position)
    {
        _block = position & ~(BlockSize - 1);
        _mask = _block < _data.Length ? LoadMask(_block) & (ulong.MaxValue << (position & (BlockSize - 1))) : 0;
    }

    private readonly ulong LoadMask(int block)
    {
        if (block + BlockSize <= _data.Length)
            return Compare(ref Unsafe.Add(ref MemoryMarshal.GetReference(_data), block));
        Span<byte> tail = stackalloc byte[BlockSize];
        tail.Clear();
        _data[block..].CopyTo(tail);
        return Compare(ref MemoryMarshal.GetReference(tail));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong Compare(ref byte block)
    {
        Vector256<byte> separator = Vector256.Create(_separator), line = Vector256.Create((byte)'\n');
        Vector256<byte> low = Vector256.LoadUnsafe(ref block), high = Vector256.LoadUnsafe(ref block, 32);
        uint lowBits = (Vector256.Equals(low, separator) | Vector256.Equals(low, line)).ExtractMostSignificantBits();
        uint highBits = (Vector256.Equals(high, separator) | Vector256.Equals(high, line))
            .ExtractMostSignificantBits();
        return lowBits | ((ulong)highBits << 32);
    }
}
