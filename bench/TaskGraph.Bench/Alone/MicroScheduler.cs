using System.Diagnostics;
using System.Runtime.CompilerServices;
using TaskGraph.Bench.Graphs;

namespace TaskGraph.Bench.Alone;

/// <summary>
/// The scheduler's machine alone, from 10,000 tasks tenfold up to the number given: whether the price of a task stays
/// the same as graphs grow, what a finished task takes in memory, and how long the collector stops with all of it live.
/// </summary>
/// <param name="shape">The only shape to be run; null = all.</param>
internal sealed class MicroScheduler(string? shape = null) : IBench
{
    private const string AllShapes = "micro scheduler";
    private const int FirstSize = 10_000;
    private const int WarmUpRounds = 40;
    private const int Window = 100_000;
    private const int Seed = 20_240_501;

    private static readonly (string Name, Func<int, DependencyList> Create)[] s_shapes =
    [
        ("map", VectorizerGraph.Create),
        ("tree", static tasks => TreeGraph.Create((int)Math.Round(Math.Log2(tasks)))),
        ("random-dag", static tasks => RandomGraph.Create(tasks, Window, Seed)),
    ];

    private readonly (string Name, Func<int, DependencyList> Create)[] _chosen =
        [.. s_shapes.Where(one => shape is null || one.Name == shape)];

    /// <summary>One case for each shape alone.</summary>
    public static IEnumerable<MicroScheduler> OneByOne => s_shapes.Select(static one => new MicroScheduler(one.Name));

    public string Name => shape is null ? AllShapes : $"{AllShapes} {shape}";

    public int DefaultTaskCount => 1_000_000;

    public Task<IReadOnlyList<ResultLine>> MeasureAsync(BenchSetup setup, CancellationToken cancellation)
    {
        var lines = new List<ResultLine>();

        // Until the code is compiled for good: the smallest size would be measured with slower code than the largest.
        for (int i = 0; i < WarmUpRounds; i++)
        {
            foreach (var (name, create) in _chosen)
                Measure(name, setup, create(FirstSize));
        }

        foreach (var (name, create) in _chosen)
        {
            for (long size = Math.Min(FirstSize, setup.TaskCount); size <= setup.TaskCount; size *= 10)
            {
                cancellation.ThrowIfCancellationRequested();
                var graph = create((int)size);
                var runs = Enumerable.Range(0, Math.Max(1, setup.RepeatCount)).Select(_ => Measure(name, setup, graph));
                lines.Add(runs.OrderBy(static run => run["us_per_task"]).ElementAt(setup.RepeatCount / 2));
            }
        }

        return Task.FromResult<IReadOnlyList<ResultLine>>(lines);
    }

    private static ResultLine Measure(string shape, BenchSetup setup, DependencyList graph)
    {
        var machine = new EchoMachine(setup.WorkerCount, setup.ThreadCount);

        // A first graph has the code compiled and the buffers grown.
        var warmUp = VectorizerGraph.Create(FirstSize);
        machine.Run(EchoMachine.Chunks(submission: 1, warmUp));
        machine.Release(submission: 1, warmUp.Count);
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        var cpu = TimeSpan.Zero;
        double seconds = Time(machine, graph, ref cpu);
        if (machine.FinishedCount != warmUp.Count + graph.Count || machine.TaskCount != graph.Count)
            throw new InvalidOperationException($"{machine.TaskCount} of {graph.Count} tasks are held.");
        long held = GC.GetTotalMemory(forceFullCollection: true) - memory;
        double pauseMs = LongestPauseMs();
        long start = Stopwatch.GetTimestamp();
        machine.Release(submission: 2, graph.Count);
        double release = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new ResultLine($"{AllShapes} {shape}", setup, graph.Count)
            .AddDuration(seconds, graph.Count)
            .Add("cpu_us_per_task", cpu.TotalMicroseconds / graph.Count, 3)
            .Add("edges", graph.EdgeCount)
            .Add("release_us_per_task", release / graph.Count * 1e6, 3)
            .Add("bytes_per_task", (double)held / graph.Count)
            .Add("gc_pause_max_ms", pauseMs, 3);
    }

    // A method of its own, so that the messages are dead when memory is measured.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Time(EchoMachine machine, DependencyList graph, ref TimeSpan cpu)
    {
        var chunks = EchoMachine.Chunks(submission: 2, graph);
        cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        machine.Run(chunks);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        return seconds;
    }

    /// <summary>The stop of a full collection with everything live.</summary>
    private static double LongestPauseMs()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        double longest = 0;
        foreach (var pause in GC.GetGCMemoryInfo(GCKind.FullBlocking).PauseDurations)
            longest = Math.Max(longest, pause.TotalMilliseconds);
        return longest;
    }
}
