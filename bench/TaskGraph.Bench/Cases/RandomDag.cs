using System.Diagnostics;
using TaskGraph.Bench.Graphs;

namespace TaskGraph.Bench.Cases;

/// <summary>n tasks of up to four inputs among the 100,000 before them. It is drawn before the clock runs.</summary>
internal sealed class RandomDag : IBenchCase
{
    private const int Window = 100_000;
    private const int Seed = 20_240_501;
    private DependencyList? _shape;
    private long[] _values = [];

    public string Name => "random-dag";

    public int DefaultTaskCount => 1_000_000;

    public async Task<CaseFigures?> RunAsync(Client client, BenchSetup setup)
    {
        if (_shape?.Count != setup.TaskCount)
        {
            _shape = RandomGraph.Create(setup.TaskCount, Window, Seed);
            _values = _shape.Evaluate();
        }

        long start = Stopwatch.GetTimestamp();
        await GraphRun.RunAsync(client, setup, _shape, _values);
        return new CaseFigures
        {
            Tasks = setup.TaskCount,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
    }
}
