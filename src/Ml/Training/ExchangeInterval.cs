namespace TaskGraph.Ml;

/// <summary>Chooses the local steps between exchanges from measured times.</summary>
internal static class ExchangeInterval
{
    /// <summary>Used until times are known.</summary>
    public const int Default = 20;

    private const int Smallest = 4;

    /// <summary>
    /// H = ⌈9·exchange / step⌉, so that at least nine tenths of the time is work, but 4 ≤ H ≤ a quarter of the epoch.
    /// </summary>
    public static int Choose(double exchangeSeconds, double stepSeconds, int stepsInEpoch)
    {
        int largest = Math.Max(Smallest, stepsInEpoch / 4);
        if (!(exchangeSeconds > 0) || !(stepSeconds > 0))
            return Math.Min(Default, largest);
        return (int)Math.Clamp(Math.Ceiling(9 * exchangeSeconds / stepSeconds), Smallest, largest);
    }
}
