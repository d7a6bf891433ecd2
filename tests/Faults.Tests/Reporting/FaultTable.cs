using System.Globalization;
using System.Text;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace TaskGraph.Tests.Faults;

/// <summary>
/// Passes a run's messages on, notes what became of each row, and prints the table when the last test has ended. A row with
/// several tests is as good as its worst one.
/// </summary>
internal sealed class FaultTable(IMessageSink inner, IMessageSink diagnostics) : LongLivedMarshalByRefObject, IMessageSink
{
    private readonly SortedDictionary<string, List<Result>> _rows = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestPassed passed:
                Note(passed, "passed", "");
                break;
            case ITestFailed failed:
                Note(failed, "FAILED", failed.Messages.FirstOrDefault() ?? "");
                break;
            case ITestSkipped skipped:
                Note(skipped, "skipped", skipped.Reason);
                break;
            case ITestAssemblyFinished when _rows.Count > 0:
                diagnostics.OnMessage(new DiagnosticMessage(Print()));
                if (Environment.GetEnvironmentVariable("TASKGRAPH_FAULT_TABLE") is { Length: > 0 } path)
                    File.WriteAllText(path, Markdown());
                break;
        }
        return inner.OnMessage(message);
    }

    private void Note(ITestResultMessage message, string outcome, string remark)
    {
        if (!message.TestCase.Traits.TryGetValue(FaultDiscoverer.Fault, out var rows))
            return;
        lock (_gate)
        {
            foreach (var row in rows)
            {
                if (!_rows.TryGetValue(row, out var results))
                    _rows[row] = results = [];
                results.Add(new Result(outcome, message.ExecutionTime, remark.ReplaceLineEndings(" ")));
            }
        }
    }

    private string Print()
    {
        var text = new StringBuilder("Fault matrix\n");
        lock (_gate)
        {
            foreach (var (row, title) in FaultMatrix.Rows)
            {
                _rows.TryGetValue(row.ToString("00", CultureInfo.InvariantCulture), out var results);
                text.Append(CultureInfo.InvariantCulture, $"{row,2}  {title,-46}  {Line(row, results)}\n");
            }
        }
        return text.ToString();
    }

    /// <summary>The table as docs/reliability.md has it.</summary>
    private string Markdown()
    {
        var text = new StringBuilder("| row | fault | result | seconds | measured |\n|---|---|---|---|---|\n");
        lock (_gate)
        {
            foreach (var (row, title) in FaultMatrix.Rows)
            {
                _rows.TryGetValue(row.ToString("00", CultureInfo.InvariantCulture), out var results);
                var result = results is null ? Absence(row) : Worst(results).Outcome;
                var seconds = results?.Sum(static result => result.Seconds).ToString("0.0", CultureInfo.InvariantCulture);
                text.Append(CultureInfo.InvariantCulture, $"| {row} | {title} | {result} | {seconds ?? "—"} | {Figures.Of(row)} |\n");
            }
        }
        return text.ToString();
    }

    private static string Absence(int row) => FaultMatrix.Elsewhere.TryGetValue(row, out var reason) ? reason : "not in this run";

    private static Result Worst(List<Result> results)
        => results.MinBy(static result => result.Outcome == "FAILED" ? 0 : result.Outcome == "skipped" ? 1 : 2)!;

    private static string Line(int row, List<Result>? results)
    {
        const int LongestRemark = 110;
        if (results is null)
            return Absence(row);
        var worst = Worst(results);
        if (worst.Remark.Length == 0)
            worst = worst with { Remark = Figures.Of(row) };
        var remark = worst.Remark.Length > LongestRemark ? worst.Remark[..LongestRemark] + "…" : worst.Remark;
        var seconds = results.Sum(static result => result.Seconds).ToString("0.0", CultureInfo.InvariantCulture);
        return $"{worst.Outcome,-7}  {seconds,5} s  {remark}".TrimEnd();
    }

    private sealed record Result(string Outcome, decimal Seconds, string Remark);
}
