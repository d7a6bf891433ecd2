namespace TaskGraph.Simulation;

/// <summary>
/// Where every choice of a run comes from: drawn from a seed, or taken from a record. All are kept, so that a run can be
/// repeated from its record alone, and made smaller by leaving choices out. A record that has ended gives zeros, and zero
/// always means the plainest choice: no fault, no delay, the first of several.
/// </summary>
internal sealed class Choices
{
    private readonly List<int>? _made;
    private readonly int[]? _given;
    private ulong _state;
    private int _taken;

    private Choices(ulong seed, int[]? given, bool isKept)
    {
        _state = seed;
        _given = given;
        _made = isKept ? [] : null;
    }

    /// <summary>The choices made so far; empty when they are not kept.</summary>
    public int[] Made => _made is null ? [] : [.. _made];

    public static Choices OfSeed(int seed, bool isKept = true) => new((ulong)seed * 0x9E3779B97F4A7C15, null, isKept);

    public static Choices OfRecord(int[] given) => new(0, given, isKept: true);

    /// <summary>From 0 to <paramref name="bound"/> − 1.</summary>
    public int Next(int bound)
    {
        if (bound <= 1)
            return 0;
        int choice;
        if (_given is null)
            choice = (int)(((Step() >> 32) * (ulong)bound) >> 32);
        else
            choice = _taken < _given.Length ? Math.Min(_given[_taken], bound - 1) : 0;
        _taken++;
        _made?.Add(choice);
        return choice;
    }

    /// <summary>From <paramref name="least"/> to <paramref name="bound"/> − 1.</summary>
    public int Next(int least, int bound) => least + Next(bound - least);

    /// <summary>True with that chance; the plain choice is false.</summary>
    public bool Chance(int percent) => Next(100) >= 100 - percent;

    /// <summary>Exponentially distributed around <paramref name="meanUs"/>, in 64 steps, up to five times that.</summary>
    public long Exponential(long meanUs) => meanUs * s_quantiles[Next(s_quantiles.Length)] / 1024;

    private static readonly int[] s_quantiles =
        [.. Enumerable.Range(0, 64).Select(i => (int)(-1024 * Math.Log(1 - ((i + 0.5) / 64))))];

    /// <summary>splitmix64.</summary>
    private ulong Step()
    {
        var x = _state += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
