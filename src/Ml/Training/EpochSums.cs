namespace TaskGraph.Ml;

/// <summary>
/// The figures of an epoch on their way through an all-reduce of floats: counts go in parts of twelve bits, so that
/// sums over up to 4096 trainers stay exact.
/// </summary>
internal static class EpochSums
{
    public const int Length = 11;

    private const int PartBits = 12;
    private const int Parts = 4;
    private const int Correct = 0;
    private const int Samples = Parts;
    private const int Loss = 2 * Parts;
    private const int Compute = Loss + 1;
    private const int Sync = Loss + 2;

    public static void Write(Span<float> sums, EpochTally tally, double computeSeconds, double syncSeconds)
    {
        WriteCount(sums[Correct..], tally.Correct);
        WriteCount(sums[Samples..], tally.Samples);
        sums[Loss] = (float)tally.LossSum;
        sums[Compute] = (float)computeSeconds;
        sums[Sync] = (float)syncSeconds;
    }

    public static EpochReport Read(ReadOnlySpan<float> sums, int trainers)
    {
        long samples = ReadCount(sums[Samples..]);
        return new EpochReport
        {
            Samples = samples,
            Accuracy = samples == 0 ? 0 : (double)ReadCount(sums[Correct..]) / samples,
            Loss = samples == 0 ? 0 : sums[Loss] / samples,
            ComputeSeconds = sums[Compute] / trainers,
            SyncSeconds = sums[Sync] / trainers,
            Trainers = trainers,
        };
    }

    private static void WriteCount(Span<float> parts, long count)
    {
        for (int i = 0; i < Parts; i++)
            parts[i] = (count >> (i * PartBits)) & ((1 << PartBits) - 1);
    }

    private static long ReadCount(ReadOnlySpan<float> parts)
    {
        long count = 0;
        for (int i = 0; i < Parts; i++)
            count += (long)parts[i] << (i * PartBits);
        return count;
    }
}
