using System.Diagnostics;

namespace TaskGraph.Bench.Cases;

/// <summary>One task at a time, from submit to value.</summary>
internal sealed class RoundTrip : IBenchCase
{
    private static readonly SubmitOptions s_impure = new() { Pure = false };

    public string Name => "roundtrip";

    public int DefaultTaskCount => 2_000;

    public async Task<CaseFigures?> RunAsync(Client client, BenchSetup setup)
    {
        double[] micros = new double[setup.TaskCount];
        for (int i = 0; i < micros.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Functions.Check(setup, 0, await client.Submit(Functions.Nothing, s_impure));
            micros[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(micros);
        return new CaseFigures { P50Us = micros[micros.Length / 2], P99Us = micros[micros.Length * 99 / 100] };
    }
}
