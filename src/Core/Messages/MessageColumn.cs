using System.Runtime.CompilerServices;

namespace TaskGraph.Messages;

/// <summary>
/// One field of many tasks, side by side: a growable array of unmanaged values. Messages are built from these
/// columns so that a batch of a thousand tasks is a handful of copies on the wire, and reused by <see cref="Clear"/>.
/// </summary>
public sealed class MessageColumn<T>
    where T : unmanaged, IEquatable<T>
{
    private T[] _values;
    private int _count;

    /// <summary>An empty column.</summary>
    public MessageColumn() => _values = [];

    /// <summary>A column over <paramref name="values"/>, which it takes over.</summary>
    public MessageColumn(T[] values)
    {
        _values = values;
        _count = values.Length;
    }

    /// <summary>How many values the column holds.</summary>
    public int Count => _count;

    /// <summary>The values.</summary>
    public ReadOnlySpan<T> Span => _values.AsSpan(0, _count);

    /// <summary>The values, to be kept: valid until the column is cleared or grows.</summary>
    public ReadOnlyMemory<T> Memory => _values.AsMemory(0, _count);

    /// <summary>The value of row <paramref name="index"/>.</summary>
    public ref T this[int index] => ref _values.AsSpan(0, _count)[index];

    /// <summary>Appends a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T value)
    {
        T[] values = _values;
        int count = _count;
        if ((uint)count < (uint)values.Length)
        {
            values[count] = value;
            _count = count + 1;
        }
        else
        {
            AddToFull(value);
        }
    }

    /// <summary>Appends <paramref name="values"/>.</summary>
    public void AddRange(ReadOnlySpan<T> values) => values.CopyTo(Append(values.Length));

    /// <summary>Appends <paramref name="count"/> values and returns them to be filled; their content is undefined.</summary>
    public Span<T> Append(int count)
    {
        if (_count + count > _values.Length)
            Grow(_count + count);
        _count += count;
        return _values.AsSpan(_count - count, count);
    }

    /// <summary>Empties the column and keeps its memory.</summary>
    public void Clear() => _count = 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddToFull(T value)
    {
        Grow(_count + 1);
        _values[_count++] = value;
    }

    private void Grow(int least) => Array.Resize(ref _values, Math.Max(least, Math.Max(8, _values.Length * 2)));
}
