using System.Text.Json;

namespace TaskGraph.Bench;

/// <summary>One line of output: the figures of one case.</summary>
internal sealed record ResultLine(
    string Case,
    BenchSetup Setup,
    double Seconds,
    double SchedulerCpuSeconds,
    double SchedulerRssMegabytes,
    CaseFigures? Figures)
{
    // A case that times single tasks says so by giving their seconds.
    private int TaskCount => Figures?.Seconds is null ? Setup.TaskCount : 1;

    public string ToJson()
    {
        var fields = new Dictionary<string, object?>
        {
            ["case"] = Case,
            ["tasks"] = TaskCount,
            ["workers"] = Setup.WorkerCount,
            ["threads"] = Setup.ThreadCount,
            ["runs"] = Setup.RepeatCount,
            ["seconds"] = Math.Round(Seconds, 5),
            ["tasks_per_second"] = Math.Round(TaskCount / Seconds),
            ["us_per_task"] = Math.Round(Seconds / TaskCount * 1e6, 3),
            ["scheduler_cpu_us_per_task"] = Math.Round(SchedulerCpuSeconds / TaskCount * 1e6, 3),
            ["scheduler_rss_mb"] = Math.Round(SchedulerRssMegabytes, 1),
        };
        Add(fields, "p50_us", Figures?.P50Us);
        Add(fields, "p99_us", Figures?.P99Us);
        Add(fields, "mb_per_second", Figures?.MegabytesPerSecond);
        return JsonSerializer.Serialize(fields);
    }

    private static void Add(Dictionary<string, object?> fields, string name, double? value)
    {
        if (value is { } number)
            fields[name] = Math.Round(number, 1);
    }
}
