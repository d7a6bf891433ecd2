using System.Diagnostics;
using TaskGraph;

namespace SdssClassifier;

/// <summary>A hundred thousand tasks that do next to nothing: what the scheduler itself costs.</summary>
internal static class TinyTasks
{
    private const int Count = 100_000;

    public static async Task RunAsync(Client client)
    {
        await SumAsync(client, Count / 10);
        long start = Stopwatch.GetTimestamp();
        long sum = await SumAsync(client, Count);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine();
        Console.WriteLine(
            $"{Count:N0} tiny tasks and their sum ({sum:N0}): {seconds:F2} s, {Count / seconds:N0} tasks/s, "
            + $"{seconds / Count * 1e6:F1} µs per task");
    }

    private static async Task<long> SumAsync(Client client, int count)
    {
        var squares = client.Map(Square, Enumerable.Range(0, count), new SubmitOptions { Pure = false });
        long sum = await client.Submit(Sum, Arg.All(squares));

        // Results live as long as somebody holds their futures.
        foreach (var square in squares)
            square.Dispose();
        return sum;
    }

    private static int Square(int x) => x % 1000 * (x % 1000);

    private static long Sum(int[] values) => values.Sum(value => (long)value);
}
