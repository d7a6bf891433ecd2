using System.Diagnostics;

namespace TaskGraph.Bench.Cases;

/// <summary>
/// Task Bench's METG(50 %): how long a task must last for the threads to spend half of the time in tasks. Tasks sleep,
/// so that more threads than cores make sense, and say how long they slept; each may take an array, made beforehand.
/// </summary>
/// <param name="name">The case's name.</param>
/// <param name="bytes">The size of each task's argument; 0 = none.</param>
internal sealed class Metg(string name, int bytes) : IBenchCase
{
    private const double LongestUs = 20_000;
    private const double ShortestUs = 2;
    private const double Step = 1.5;

    // What a step of the search is to last if every thread always sleeps.
    private const double StepUs = 150_000;

    private static readonly SubmitOptions s_impure = new() { Pure = false };

    public string Name => name;

    public int DefaultTaskCount => 20_000;

    public int WarmUpTaskCount => 1_000;

    public async Task<CaseFigures?> RunAsync(Client client, BenchSetup setup)
    {
        int threads = setup.WorkerCount * setup.ThreadCount;
        var arrays = bytes == 0 ? [] : client.Map(Make, Enumerable.Repeat(bytes, 2 * threads), s_impure);
        await client.WaitAsync(arrays);
        var longer = (SleptUs: double.NaN, Efficiency: 1.0);
        for (double us = LongestUs; us > ShortestUs; us /= Step)
        {
            int count = (int)Math.Clamp(StepUs * threads / us, Math.Min(20 * threads, setup.TaskCount), setup.TaskCount);
            var step = await StepAsync(client, arrays, count, us, threads);
            if (step.Efficiency < 0.5)
                return Figures(double.IsNaN(longer.SleptUs) ? step.SleptUs : Between(step, longer));
            longer = step;
        }

        return Figures(longer.SleptUs);
    }

    private static CaseFigures Figures(double us) => new() { Tasks = 1, Seconds = us / 1e6, MetgUs = us };

    /// <summary>How long a task slept in the mean, and the share of the threads' time that tasks slept.</summary>
    private static async Task<(double SleptUs, double Efficiency)> StepAsync(
        Client client, Future<byte[]>[] arrays, int count, double us, int threads)
    {
        long start = Stopwatch.GetTimestamp();
        var futures = Submit(client, arrays, count, us);
        double slept = 0;
        foreach (double one in await client.GatherAsync(futures))
            slept += one;
        double passed = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        foreach (var future in futures)
            future.Dispose();
        return slept < count * us * 0.99
            ? throw new InvalidOperationException($"{count} tasks of {us} µs slept {slept} µs.")
            : (slept / count, slept / threads / passed);
    }

    private static IReadOnlyList<Future<double>> Submit(
        Client client, Future<byte[]>[] arrays, int count, double us)
    {
        if (arrays.Length == 0)
            return client.Map(SleepFor, Enumerable.Repeat(us, count), s_impure);
        var graph = new GraphBuilder(client);
        var tasks = new GraphTask<double>[count];
        for (int i = 0; i < count; i++)
            tasks[i] = graph.Add(SleepWith, arrays[i % arrays.Length], us, s_impure);
        return graph.Submit(tasks);
    }

    /// <summary>Where the efficiency crosses one half, on a logarithmic scale of durations.</summary>
    private static double Between(
        (double SleptUs, double Efficiency) below, (double SleptUs, double Efficiency) above) =>
        below.SleptUs * Math.Pow(
            above.SleptUs / below.SleptUs, (0.5 - below.Efficiency) / (above.Efficiency - below.Efficiency));

    private static byte[] Make(int bytes) => new byte[bytes];

    private static double SleepWith(byte[] array, double us) => array.Length == 0 ? 0 : SleepFor(us);

    private static double SleepFor(double us) => PreciseSleep.For(us);
}
