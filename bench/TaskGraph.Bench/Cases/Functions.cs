namespace TaskGraph.Bench.Cases;

/// <summary>What the tasks compute: next to nothing, and checkable.</summary>
internal static class Functions
{
    public static int Increment(int x) => x + 1;

    public static long IncrementLong(long x) => x + 1;

    public static long Add(long a, long b) => a + b;

    public static long Sum(int[] values)
    {
        long sum = 0;
        foreach (int value in values)
            sum += value;
        return sum;
    }

    public static int Nothing() => 0;

    public static void Check(long expected, long actual)
    {
        if (expected != actual)
            throw new InvalidOperationException($"Wrong answer: {actual} instead of {expected}.");
    }
}
