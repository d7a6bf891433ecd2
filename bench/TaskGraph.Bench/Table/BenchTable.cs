using System.Globalization;

namespace TaskGraph.Bench.Table;

/// <summary>Runs the rows of the table of goals, and the peer in the same run; prints lines and one table.</summary>
internal sealed class BenchTable(int repeat, int? maxTasks, string? peers, int peerRepeat)
{
    private readonly Dictionary<(string Case, BenchSetup Setup), IReadOnlyList<ResultLine>> _measured = [];
    private readonly List<DaskRun> _dask = [];

    /// <summary>Runs the rows whose label contains one of <paramref name="parts"/>; all if there is none.</summary>
    public async Task RunAsync(string[] parts, CancellationToken cancellation)
    {
        var rows = TableRow.All
            .Where(row => parts.Length == 0
                || parts.Any(part => row.Label.Contains(part, StringComparison.OrdinalIgnoreCase)))
            .Select(Reduced)
            .ToList();
        await RunPeersAsync(rows, cancellation);
        var lines = new List<string> { Head() };
        foreach (var row in rows)
        {
            foreach (var line in await MeasureAsync(row, cancellation))
                lines.Add(Text(row, line));
        }

        Console.WriteLine();
        lines.ForEach(Console.WriteLine);
    }

    private TableRow Reduced(TableRow row) => row with
    {
        Setup = row.Setup with
        {
            RepeatCount = repeat,
            TaskCount = Math.Min(row.Setup.TaskCount, maxTasks ?? int.MaxValue),
        },
    };

    private async Task RunPeersAsync(List<TableRow> rows, CancellationToken cancellation)
    {
        if (peers is null)
            return;
        if (await DaskRun.WhyNotAsync(peers, cancellation) is { } reason)
        {
            Console.WriteLine($"Without Dask: {reason}");
            return;
        }

        var figures = rows.Where(static row => row.Peer is not null).Select(static row => row.Peer!).ToList();
        var graphs = Directory.CreateTempSubdirectory("graphs");
        try
        {
            GraphFile.WriteAll(graphs.FullName, rows.Select(static row => row.Case).ToHashSet());
            foreach (string? saturation in new[] { "inf", null })
            {
                var run = new DaskRun(
                    Path.GetFullPath(peers), graphs.FullName, saturation, peerRepeat, maxTasks ?? int.MaxValue);
                await run.RunAsync(figures.Where(figure => saturation is not null || figure.IsAlsoDefault), cancellation);
                _dask.Add(run);
            }
        }
        finally
        {
            graphs.Delete(recursive: true);
        }
    }

    /// <summary>Rows of one case and set-up share one measurement.</summary>
    private async Task<IReadOnlyList<ResultLine>> MeasureAsync(TableRow row, CancellationToken cancellation)
    {
        if (_measured.TryGetValue((row.Case, row.Setup), out var lines))
            return lines;
        lines = await Catalogue.Find(row.Case).Single().MeasureAsync(row.Setup, cancellation);
        foreach (var line in lines)
            Console.WriteLine(line.ToJson());
        _measured.Add((row.Case, row.Setup), lines);
        return lines;
    }

    private string Head()
    {
        var head = "| row | tasks | TaskGraph | floor | goal |";
        var rule = "|---|---|---|---|---|";
        foreach (var run in _dask)
        {
            head += $" {run.Label} | ratio |";
            rule += "---|---|";
        }

        return $"{head}\n{rule}";
    }

    private string Text(TableRow row, ResultLine line)
    {
        double value = line[row.Figure]
            ?? throw new InvalidOperationException($"Case {row.Case} has no figure '{row.Figure}'.");
        string name = line.Name.StartsWith(row.Case + ' ', StringComparison.Ordinal)
            ? $"{row.Label}:{line.Name[row.Case.Length..]}"
            : row.Label;
        string text = $"| {name} | {Number(line.TaskCount)} | {Number(value)} {row.Unit} | "
            + $"{Limit(row, value, row.Floor)} | {Limit(row, value, row.Goal)} |";
        foreach (var run in _dask)
        {
            text += row.Peer is { } peer && run.Find(peer) is { } theirs
                ? $" {Number(theirs)} | {Number(row.Better == Better.Higher ? value / theirs : theirs / value)} × |"
                : " – | – |";
        }

        return text;
    }

    private static string Limit(TableRow row, double value, double limit)
    {
        if (double.IsInfinity(limit))
            return "–";
        bool isMet = row.Better == Better.Higher ? value >= limit : value <= limit;
        return $"{Number(limit)} {(isMet ? "✓" : "✗")}";
    }

    private static string Number(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("#,##0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
