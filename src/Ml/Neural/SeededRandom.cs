namespace TaskGraph.Ml;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers on every machine and runtime, unlike <see cref="Random"/>.
/// </summary>
internal struct SeededRandom
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;
    private const double UnitScale = 1.0 / (1UL << 53);

    private ulong _state;

    public SeededRandom(ulong seed) => _state = seed;

    /// <summary>A generator for one of several independent purposes under one seed.</summary>
    public SeededRandom(ulong seed, ulong stream, ulong index)
    {
        _state = seed;
        _state = Next() ^ (stream * GoldenGamma);
        _state = Next() ^ (index * GoldenGamma);
    }

    public ulong Next()
    {
        ulong z = _state += GoldenGamma;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextUnit() => (Next() >> 11) * UnitScale;

    /// <summary>Uniform in [0, bound), by Lemire's multiplication; its bias is below bound/2^64.</summary>
    public int NextBelow(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Fisher and Yates' shuffle.</summary>
    public void Shuffle(Span<int> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextBelow(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
