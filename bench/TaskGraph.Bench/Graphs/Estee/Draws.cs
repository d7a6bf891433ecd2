namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>Random numbers that are the same for the same seed, whatever the version of the runtime: SplitMix64.</summary>
internal sealed class Draws(ulong seed)
{
    // What Estee takes instead of a duration or size that comes out negative.
    private const double Least = 1e-7;

    private ulong _state = seed;

    /// <summary>A whole number from 0 up to, without, <paramref name="end"/>.</summary>
    public int Below(int end) => (int)(Uniform() * end);

    /// <summary>From a normal distribution, cut off above zero.</summary>
    public double Normal(double mean, double deviation)
    {
        // Box and Muller's: of the two numbers that it gives the second is left.
        double radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
        return Math.Max(Least, mean + (deviation * radius * Math.Cos(2 * Math.PI * Uniform())));
    }

    /// <summary>From an exponential distribution.</summary>
    public double Exponential(double mean) => -mean * Math.Log(1 - Uniform());

    /// <summary>So many from one normal distribution.</summary>
    public double[] Normals(int count, double mean, double deviation)
    {
        var numbers = new double[count];
        for (int i = 0; i < count; i++)
            numbers[i] = Normal(mean, deviation);
        return numbers;
    }

    /// <summary>From 0 up to, without, 1.</summary>
    private double Uniform()
    {
        ulong mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;
        return (mixed >> 11) * (1.0 / (1UL << 53));
    }
}
