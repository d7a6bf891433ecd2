using System.Diagnostics;

namespace TaskGraph.Bench.Cases;

/// <summary>Arrays of 64 MiB made on one worker and read on another: the median transfer.</summary>
internal sealed class Transfer : IBenchCase
{
    private const int Length = (64 << 20) / sizeof(double);

    public string Name => "transfer";

    public int DefaultTaskCount => 8;

    public async Task<CaseFigures?> RunAsync(Client client, BenchSetup setup)
    {
        var workers = (await client.SchedulerInfoAsync()).Workers;
        if (workers.Count < 2)
            throw new InvalidOperationException("transfer needs --workers 2 or more.");
        var from = new SubmitOptions { Pure = false, Workers = [workers[0].Address] };
        var to = new SubmitOptions { Pure = false, Workers = [workers[1].Address] };
        var seconds = new List<double>();
        for (int i = 0; i < Math.Min(setup.TaskCount, 16); i++)
        {
            using var array = client.Submit(Make, i, from);
            await client.WaitAsync([array]);
            long start = Stopwatch.GetTimestamp();
            Functions.Check(setup, i, (long)await client.Submit(First, array, to));
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        seconds.Sort();
        double median = seconds[seconds.Count / 2];
        return new CaseFigures { MegabytesPerSecond = Length * sizeof(double) / 1e6 / median, Seconds = median };
    }

    private static double[] Make(int seed)
    {
        var array = new double[Length];
        Array.Fill(array, seed);
        return array;
    }

    private static double First(double[] array) => array[0];
}
