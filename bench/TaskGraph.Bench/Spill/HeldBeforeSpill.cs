namespace TaskGraph.Bench.Spill;

/// <summary>How many bytes of columns a worker of 512 MiB holds before the first of them goes to disk.</summary>
internal sealed class HeldBeforeSpill : IBench
{
    private const int Rows = 512 << 10;
    private static readonly SubmitOptions s_impure = new() { Pure = false };

    public string Name => "held-before-spill";

    /// <summary>Partitions of 8 MiB at most.</summary>
    public int DefaultTaskCount => 64;

    public async Task<IReadOnlyList<ResultLine>> MeasureAsync(BenchSetup setup, CancellationToken cancellation)
    {
        var options = new LocalClusterOptions
        {
            Workers = 1,
            ThreadsPerWorker = 1,
            MemoryLimit = "512MiB",
            StartTimeout = TimeSpan.FromMinutes(2),
        };
        await using var cluster = await LocalCluster.StartAsync(options, cancellation);
        await using var client = await Client.ConnectAsync(cluster, cancellation);
        await client.WaitForWorkersAsync(1, cancellationToken: cancellation);
        var held = new List<Future<Columns>>();
        double most = 0, process = 0;
        while (held.Count < setup.TaskCount)
        {
            held.Add(client.Submit(Make, held.Count, s_impure));
            await client.WaitAsync([held[^1]], cancellationToken: cancellation);

            // One heartbeat and a little more: whatever is to be written has been begun.
            await Task.Delay(1_200, cancellation);
            var worker = (await client.SchedulerInfoAsync(cancellation)).Workers[0];
            if (worker.SpilledCount > 0)
                break;
            most = worker.StoredBytes / 1048576.0;
            process = worker.ProcessBytes / 1048576.0;
        }

        foreach (var future in held)
            future.Dispose();
        return [new ResultLine(Name, setup, held.Count).Add("held_mib", most).Add("process_mib", process)];
    }

    private static Columns Make(int seed)
    {
        var keys = new long[Rows];
        var values = new double[Rows];
        Array.Fill(keys, seed);
        Array.Fill(values, 0.5);
        return new Columns(keys, values);
    }
}
