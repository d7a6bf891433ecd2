using System.Diagnostics;

namespace TaskGraph.Bench.Cases;

/// <summary>The same sleeps on threads of one process, without anything else: what no scheduler can be faster than here.</summary>
internal static class BareSleeps
{
    /// <summary>Seconds for <paramref name="count"/> sleeps on so many threads, each of which takes the next one left.</summary>
    public static double Measure(int count, int threads, double ms)
    {
        int left = count;
        var running = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            running[i] = new Thread(() =>
            {
                while (Interlocked.Decrement(ref left) >= 0)
                    Functions.Sleep(ms);
            });
        }

        long start = Stopwatch.GetTimestamp();
        foreach (var thread in running)
            thread.Start();
        foreach (var thread in running)
            thread.Join();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
