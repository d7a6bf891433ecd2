using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TaskGraph.Bench.Table;

/// <summary>Dask's figures: its scripts are run once for each number of threads and each saturation.</summary>
/// <param name="folder">Where dask_sched.py and common.py are.</param>
/// <param name="graphs">Where the graphs of the rows are: <see cref="GraphFile"/>.</param>
/// <param name="saturation">Dask's <c>worker-saturation</c>; null = its default.</param>
/// <param name="repeat">Undisturbed runs of each case.</param>
/// <param name="maxTasks">The most tasks of a case that has no size of its own.</param>
internal sealed class DaskRun(string folder, string graphs, string? saturation, int repeat, int maxTasks)
{
    private const string Python = "/usr/bin/python3";

    // Its price of a task does not depend on their number; more would take minutes.
    private const int MostTasks = 10_000;
    private const int MostLinks = 1_000;

    private readonly Dictionary<(int Threads, string Line), List<JsonElement>> _lines = [];

    /// <summary>What stands in the table's head.</summary>
    public string Label => saturation is null ? "Dask, default" : $"Dask, {saturation}";

    /// <summary>Why Dask cannot be run here; null = it can.</summary>
    public static async Task<string?> WhyNotAsync(string folder, CancellationToken cancellation)
    {
        if (!File.Exists(Path.Combine(folder, "dask_sched.py")))
            return $"{folder} has no dask_sched.py";
        if (!File.Exists(Python))
            return $"there is no {Python}";
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import distributed, psutil, numpy"])
        {
            RedirectStandardError = true,
        })!;
        string said = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        string last = said.Trim().Split('\n')[^1];
        return process.ExitCode == 0 ? null : $"apt-get install python3-distributed python3-psutil ({last})";
    }

    /// <summary>Runs the cases that the figures need.</summary>
    public async Task RunAsync(IEnumerable<PeerFigure> figures, CancellationToken cancellation)
    {
        foreach (var group in figures.GroupBy(static figure => (figure.Threads, figure.IsOwnScript)))
        {
            string cases = string.Join(',', group.Select(static figure => figure.Case).Distinct());
            await RunAsync(group.Key.Threads, cases, group.Key.IsOwnScript, cancellation);
        }
    }

    /// <summary>The median of a figure over the repetitions, in our unit; null if the run had none.</summary>
    public double? Find(PeerFigure figure)
    {
        if (!_lines.TryGetValue((figure.Threads, figure.Line), out var all))
            return null;
        var lines = figure.Params is null ? all
            : all.FindAll(line => line.TryGetProperty("params", out var said) && said.GetString() == figure.Params);
        if (lines.Count == 0)
            return null;
        var median = lines.Where(static line => IsMedian(line)).ToList();
        double[] values = [.. (median.Count > 0 ? median : lines)
            .Select(line => figure.Convert(line.GetProperty(figure.Field).GetDouble()))
            .Order()];
        return values[values.Length / 2];
    }

    private static bool IsMedian(JsonElement line) =>
        line.TryGetProperty("rep", out var rep) && rep.ValueKind == JsonValueKind.String;

    private async Task RunAsync(int threads, string cases, bool isOwnScript, CancellationToken cancellation)
    {
        string[] command = isOwnScript ? OwnScript() : TheirScript();
        var start = new ProcessStartInfo(Python)
        {
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        foreach (string argument in command)
            start.ArgumentList.Add(argument);
        foreach (string argument in (string[])["--workers", "2", "--threads", Text(threads), "--cases", cases])
            start.ArgumentList.Add(argument);
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        if (saturation is not null)
            start.Environment["DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION"] = saturation;
        using var process = Process.Start(start)!;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
                Take(threads, line);
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
            Console.WriteLine($"{command[0]} ended with exit code {process.ExitCode} ({Label}, cases {cases})");
    }

    private string[] TheirScript() =>
    [
        "dask_sched.py", "--reps", Text(repeat), "--sizes", Text(Math.Min(maxTasks, MostTasks)),
        "--chain", Text(Math.Min(maxTasks, MostLinks)),
    ];

    // Its cases take seconds each, and there are sixty: once is enough beside a ratio of ten and more.
    private string[] OwnScript() =>
        [Path.Combine(AppContext.BaseDirectory, "Table", "dask_rows.py"), "--peers", folder, "--graphs", graphs, "--reps", "1"];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void Take(int threads, string text)
    {
        if (!text.StartsWith('{'))
            return;
        Console.WriteLine(text);
        var line = JsonDocument.Parse(text).RootElement;
        var key = (threads, line.GetProperty("name").GetString()!);
        if (!_lines.TryGetValue(key, out var lines))
            _lines.Add(key, lines = []);
        lines.Add(line);
    }
}
