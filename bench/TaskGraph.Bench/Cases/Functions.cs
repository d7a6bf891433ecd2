namespace TaskGraph.Bench.Cases;

/// <summary>What the tasks compute: next to nothing, and checkable.</summary>
internal static class Functions
{
    public static int Increment(int x) => x + 1;

    public static long IncrementLong(long x) => x + 1;

    public static long Add(long a, long b) => a + b;

    public static long One() => 1;

    public static long AddAndOne(long a, long b) => unchecked(a + b + 1);

    public static long SumAndOne(long[] values)
    {
        long sum = 1;
        foreach (long value in values)
            sum = unchecked(sum + value);
        return sum;
    }

    public static long Sum(int[] values)
    {
        long sum = 0;
        foreach (int value in values)
            sum += value;
        return sum;
    }

    public static int Nothing() => 0;

    public static int Sleep(double ms)
    {
        Thread.CurrentThread.Join(TimeSpan.FromMilliseconds(ms));
        return 1;
    }

    /// <summary>Checks a value; zero workers must have given 0.</summary>
    public static void Check(BenchSetup setup, long expected, long actual)
    {
        if (setup.ZeroWorkers)
            expected = 0;
        if (expected != actual)
            throw new InvalidOperationException($"Wrong answer: {actual} instead of {expected}.");
    }
}
