using System.Numerics;

namespace TaskGraph.Ml;

/// <summary>
/// Seeded generator whose sequence is the same on every machine and runtime version: xoshiro256** by Blackman and Vigna
/// (2018), its state filled by SplitMix64.
/// </summary>
internal struct Xoshiro256
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    public Xoshiro256(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    /// <summary>A generator for one stream of a seed, such as one epoch of one worker.</summary>
    public static Xoshiro256 ForStream(int seed, int first, int second)
    {
        ulong mixed = unchecked((uint)seed);
        mixed = SplitMix(ref mixed) ^ unchecked((uint)first);
        mixed = SplitMix(ref mixed) ^ unchecked((uint)second);
        return new Xoshiro256(mixed);
    }

    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1) with 24 random bits.</summary>
    public float NextSingle() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [0, bound) by Lemire's multiplication; its bias is below bound / 2^64.</summary>
    public int NextInt32(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Fills the span with 0 … n−1 in random order (Fisher and Yates).</summary>
    public void Permute(Span<int> order)
    {
        for (int i = 0; i < order.Length; i++)
        {
            int j = NextInt32(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
