using TaskGraph.Bench.Cases;

namespace TaskGraph.Bench.Alone;

/// <summary>The merge case without and with a journal, in turn: what the journal costs.</summary>
internal sealed class JournalCost : IBench
{
    private const int RunsPerStart = 3;

    public string Name => "journal";

    public int DefaultTaskCount => 100_000;

    public async Task<IReadOnlyList<ResultLine>> MeasureAsync(BenchSetup setup, CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("taskgraph-journal-");
        try
        {
            List<ResultLine> off = [], on = [];
            var perStart = setup with { RepeatCount = RunsPerStart };
            for (int i = 0; i < setup.RepeatCount; i++)
            {
                off.Add(await RunAsync(perStart, stateDirectory: null, cancellation));
                on.Add(await RunAsync(perStart, Path.Combine(directory.FullName, $"{i}"), cancellation));
            }

            return
            [
                Line("journal-off", setup, off),
                Line("journal-on", setup, on)
                    .Add("speed_of_off", Median(on, "tasks_per_second") / Median(off, "tasks_per_second"), 3)
                    .Add("cpu_of_off", Median(on, "scheduler_cpu_us_per_task") / Median(off, "scheduler_cpu_us_per_task"), 3),
            ];
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<ResultLine> RunAsync(
        BenchSetup setup, string? stateDirectory, CancellationToken cancellation)
    {
        var lines = await new BenchRunner(new Merge(), stateDirectory).MeasureAsync(setup, cancellation);
        return lines[0];
    }

    private static ResultLine Line(string name, BenchSetup setup, List<ResultLine> runs) =>
        new ResultLine(name, setup, setup.TaskCount)
            .Add("tasks_per_second", Median(runs, "tasks_per_second"))
            .Add("scheduler_cpu_us_per_task", Median(runs, "scheduler_cpu_us_per_task"), 3);

    private static double Median(List<ResultLine> runs, string figure) =>
        runs.Select(run => run[figure] ?? 0).Order().ElementAt(runs.Count / 2);
}
