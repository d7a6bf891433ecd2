using System.Diagnostics;
using System.Globalization;

namespace TaskGraph.Bench.Spill;

/// <summary>
/// A group-by over three times as much data as the cluster may hold in memory: partitions of 16 MiB are made and all
/// held, so that most of them go to disk, then each is summed by group, and the sums are merged.
/// </summary>
internal sealed class GroupBySpill : IBench
{
    private const string MemoryLimit = "256MiB";
    private const int Rows = 1 << 20;
    private const int Groups = 1_000;
    private static readonly SubmitOptions s_impure = new() { Pure = false };

    public string Name => "groupby-spill";

    /// <summary>Partitions: 1.5 GiB of columns.</summary>
    public int DefaultTaskCount => 96;

    public async Task<IReadOnlyList<ResultLine>> MeasureAsync(BenchSetup setup, CancellationToken cancellation)
    {
        var options = new LocalClusterOptions
        {
            Workers = setup.WorkerCount,
            ThreadsPerWorker = setup.ThreadCount,
            MemoryLimit = MemoryLimit,
            StartTimeout = TimeSpan.FromMinutes(2),
        };
        var lines = new List<ResultLine>();
        for (int i = 0; i < setup.RepeatCount; i++)
        {
            await using var cluster = await LocalCluster.StartAsync(options, cancellation);
            await using var client = await Client.ConnectAsync(cluster, cancellation);
            await client.WaitForWorkersAsync(setup.WorkerCount, cancellationToken: cancellation);
            lines.Add(await RunAsync(client, setup));
        }

        return lines;
    }

    private async Task<ResultLine> RunAsync(Client client, BenchSetup setup)
    {
        var before = (await client.SchedulerInfoAsync()).Workers;
        long start = Stopwatch.GetTimestamp();
        var partitions = client.Map(Make, Enumerable.Range(0, setup.TaskCount), s_impure);
        await client.WaitAsync(partitions);
        double made = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var sums = client.Map(Sum, partitions, s_impure);
        double[] result = await client.Submit(Merge, sums, s_impure);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Check(setup.TaskCount, result);
        await Task.Delay(1_500);
        var after = (await client.SchedulerInfoAsync()).Workers;
        var line = new ResultLine(Name, setup, setup.TaskCount)
            .Add("seconds", seconds, 3)
            .Add("seconds_to_make", made, 3)
            .Add("spilled_mib", after.Sum(static worker => worker.SpilledBytes) / 1048576.0)
            .Add("restarts", after.Count(worker => before.All(old => old.ProcessId != worker.ProcessId)));
        for (int i = 0; i < after.Count; i++)
            line.Add($"peak_rss_mib_{i}", PeakRssMebibytes(after[i].ProcessId));
        foreach (var future in partitions)
            future.Dispose();
        return line;
    }

    private static Columns Make(int seed)
    {
        var keys = new long[Rows];
        var values = new double[Rows];
        for (int i = 0; i < Rows; i++)
        {
            uint noise = Noise(i, seed);
            keys[i] = noise % Groups;
            values[i] = Value(noise);
        }

        return new Columns(keys, values);
    }

    private static double[] Sum(Columns columns)
    {
        var sums = new double[Groups];
        for (int i = 0; i < columns.Keys.Length; i++)
            sums[columns.Keys[i]] += columns.Values[i];
        return sums;
    }

    private static double[] Merge(double[][] parts)
    {
        var sums = new double[Groups];
        foreach (double[] part in parts)
        {
            for (int i = 0; i < sums.Length; i++)
                sums[i] += part[i];
        }

        return sums;
    }

    private static void Check(int partitions, double[] sums)
    {
        double expected = 0;
        for (int seed = 0; seed < partitions; seed++)
        {
            for (int i = 0; i < Rows; i++)
                expected += Value(Noise(i, seed));
        }

        // Multiples of 2^-20 below 2^33: every order of adding them up gives the same.
        if (sums.Sum() != expected)
            throw new InvalidOperationException($"The sums add up to {sums.Sum()}, not {expected}.");
    }

    private static uint Noise(int row, int seed) => ((uint)row * 2654435761u) + ((uint)seed * 40503u);

    private static double Value(uint noise) => ((noise >> 8) & 0xFFFFF) / 1048576.0;

    /// <summary>The most memory that the process ever had, as the kernel counted it.</summary>
    private static double? PeakRssMebibytes(int processId)
    {
        const string Field = "VmHWM:";
        foreach (string line in File.ReadLines($"/proc/{processId}/status"))
        {
            if (line.StartsWith(Field, StringComparison.Ordinal))
            {
                string number = line[Field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
                return double.Parse(number, CultureInfo.InvariantCulture) / 1024;
            }
        }

        return null;
    }
}
