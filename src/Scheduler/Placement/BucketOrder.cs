using System.Numerics;

namespace TaskGraph.Scheduler.Placement;

/// <summary>
/// Puts the entries of one bucket in order, those of equal priority in order of arrival: each finds its place by its priority, with
/// no comparison.
/// </summary>
/// <param name="bits">A bucket has so many priorities (as a power of two).</param>
internal sealed class BucketOrder(int bits)
{
    private readonly int _mask = (1 << bits) - 1;

    /// <summary>A bit for each priority that is there.</summary>
    private readonly ulong[] _isThere = new ulong[((1 << bits) + 63) >> 6];

    /// <summary>By priority: its first and its last entry.</summary>
    private readonly int[] _first = new int[1 << bits];
    private readonly int[] _last = new int[1 << bits];

    /// <summary>By entry: the next one of equal priority, −1 = none.</summary>
    private int[] _next = new int[64];

    /// <summary>Copies <paramref name="bucket"/>, which is in order of arrival.</summary>
    public void Sort(ReadOnlySpan<ReadyEntry> bucket, Span<ReadyEntry> into)
    {
        if (_next.Length < bucket.Length)
            _next = new int[Math.Max(bucket.Length, _next.Length * 2)];
        for (int i = 0; i < bucket.Length; i++)
            Put(i, (int)bucket[i].Priority & _mask);
        int count = 0;
        for (int word = 0; word < _isThere.Length; word++)
        {
            for (ulong left = _isThere[word]; left != 0; left &= left - 1)
            {
                int place = (word << 6) + BitOperations.TrailingZeroCount(left);
                for (int i = _first[place]; i >= 0; i = _next[i])
                    into[count++] = bucket[i];
            }

            _isThere[word] = 0;
        }
    }

    private void Put(int entry, int place)
    {
        _next[entry] = -1;
        ulong bit = 1UL << (place & 63);
        ref ulong word = ref _isThere[place >> 6];
        if ((word & bit) == 0)
            _first[place] = entry;
        else
            _next[_last[place]] = entry;
        word |= bit;
        _last[place] = entry;
    }
}
