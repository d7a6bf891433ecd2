namespace TaskGraph.Ml;

/// <summary>
/// Chooses the local steps between exchanges: enough that an exchange takes at most a tenth of the time, yet at least
/// eight exchanges an epoch. Both bounds were measured on SDSS with 2, 4 and 8 trainers: under 8 steps the outer
/// momentum overshoots, and with four exchanges an epoch the final accuracy scatters by a point between seeds.
/// </summary>
internal static class AutomaticInterval
{
    private const double WorkPerExchange = 9;
    private const int FewestSteps = 16;
    private const int ExchangesPerEpoch = 8;

    /// <summary>Steps between exchanges.</summary>
    /// <param name="exchangeSeconds">Time of one exchange.</param>
    /// <param name="stepSeconds">Time of one local step.</param>
    /// <param name="stepsPerEpoch">Steps of the largest shard.</param>
    public static int Choose(double exchangeSeconds, double stepSeconds, int stepsPerEpoch)
    {
        double steps = Math.Ceiling(WorkPerExchange * exchangeSeconds / Math.Max(stepSeconds, 1e-9));
        return (int)Math.Clamp(steps, FewestSteps, Math.Max(FewestSteps, stepsPerEpoch / ExchangesPerEpoch));
    }
}
