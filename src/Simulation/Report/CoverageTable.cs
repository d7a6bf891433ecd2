using System.Globalization;
using System.Text;
using SchedulerTable = TaskGraph.Scheduler.Machine.TransitionTable;
using WorkerTable = TaskGraph.Worker.Machine.TransitionTable;

namespace TaskGraph.Simulation;

/// <summary>Every move that a machine may make against every kind of fault that had taken place before, as Markdown.</summary>
internal static class CoverageTable
{
    /// <summary>A pair that was to be expected so often, by how often its two halves were seen, and was not, is not just rare.</summary>
    private const double Suspicious = 8;

    /// <summary>The same where the scheduler has crashed: a run that has lost all tasks goes on with few.</summary>
    private const double SuspiciousAfterCrash = 80;

    /// <summary>Moves that fewer than one run in a thousand makes, and when they are made.</summary>
    public static readonly IReadOnlyDictionary<string, string> Rare = new Dictionary<string, string>
    {
        ["worker Waiting → Memory"] = "a copy ordered before the task was dispatched there comes while its inputs are fetched",
        ["worker Ready → Memory"] = "a copy ordered before the task was dispatched there comes while it is queued",
        ["worker Fetch → Memory"] = "a copy ordered for its own sake comes before the request for it as an input has begun",
        ["worker Error → Missing"] = "an input lost elsewhere runs again on the very worker where tasks wait for it, and throws",
        ["worker Rescheduled → Missing"] = "an input runs again where tasks wait for it, and is asked back",
        ["worker Resumed → Cancelled"] = "a task wanted again while its cancelled request is under way is cancelled again",
        ["worker Resumed → Fetch"] = "the same, and the request fails while another holder is known",
        ["worker Resumed → Missing"] = "the same, and no holder is known",
    };

    public static string Of(Coverage coverage)
    {
        var text = new StringBuilder();
        for (var i = 0; i < FaultKinds.Each.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Letter(i)} {FaultKinds.Each[i]} ({coverage.RunsWith(FaultKinds.Each[i])} runs)");
            text.Append(i + 1 < FaultKinds.Each.Length ? " · " : "\n\n");
        }

        var table = "";
        foreach (var row in Rows(coverage))
        {
            if (row.Machine != table)
            {
                text.Append(table.Length == 0 ? "" : "\n");
                Head(text, table = row.Machine);
            }

            text.Append(CultureInfo.InvariantCulture, $"| {row.Move} | {Short(row.Count(null))} |");
            foreach (var kind in FaultKinds.Each)
                text.Append(CultureInfo.InvariantCulture, $" {Short(row.Count(kind))} |");
            text.AppendLine();
        }

        return text.Append(Reasons(coverage)).ToString();
    }

    /// <summary>The pairs that were never seen.</summary>
    public static List<(CoverageRow Row, Faults Kind)> Missing(Coverage coverage) =>
        [.. from row in Rows(coverage) from kind in FaultKinds.Each where row.Count(kind) == 0 select (row, kind)];

    /// <summary>Moves that were never made.</summary>
    public static string[] NeverMade(Coverage coverage) =>
        [.. Rows(coverage).Where(row => row.Count(null) == 0).Select(row => row.Name)];

    /// <summary>Why a pair was not seen; null = there is no reason for that.</summary>
    public static string? ReasonFor(Coverage coverage, CoverageRow row, Faults kind)
    {
        if (Rare.TryGetValue(row.Name, out var when))
            return $"rare ({row.Runs} of {coverage.RunCount} runs): {when}";
        var expected = (double)row.Runs * coverage.RunsWith(kind) / Math.Max(1, coverage.RunCount);
        if (kind == Faults.SchedulerCrash && expected < SuspiciousAfterCrash)
            return "few moves come after it: only what is submitted after the crash is there, and seldom has inputs elsewhere";
        return expected < Suspicious
            ? $"by chance: only {row.Runs} of {coverage.RunCount} runs made the move at all"
            : null;
    }

    /// <summary>Every row of both machines' tables.</summary>
    private static IEnumerable<CoverageRow> Rows(Coverage coverage) =>
        SchedulerTable.Rows.Select(row => new CoverageRow(
            "scheduler",
            $"{row.From} → {row.To}",
            kind => coverage.Moves(row.From, row.To, kind),
            coverage.RunsMaking(row.From, row.To)))
        .Concat(WorkerTable.Rows.Select(row => new CoverageRow(
            "worker",
            $"{row.From} → {row.To}",
            kind => coverage.Moves(row.From, row.To, kind),
            coverage.RunsMaking(row.From, row.To))));

    private static string Reasons(Coverage coverage)
    {
        var missing = Missing(coverage);
        if (missing.Count == 0)
            return "\nEvery pair was seen.\n";
        var text = new StringBuilder("\nNever seen, and why:\n\n");
        foreach (var why in missing.GroupBy(pair => (pair.Row.Name, ReasonFor(coverage, pair.Row, pair.Kind))))
        {
            var kinds = string.Join(", ", why.Select(pair => pair.Kind));
            text.AppendLine(CultureInfo.InvariantCulture, $"- {why.Key.Name} with {kinds}: {why.Key.Item2 ?? "no reason is known"}");
        }

        return text.ToString();
    }

    private static char Letter(int column) => (char)(column < 26 ? 'A' + column : 'a' + column - 26);

    private static void Head(StringBuilder text, string machine)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {machine} | all |");
        for (var i = 0; i < FaultKinds.Each.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $" {Letter(i)} |");
        text.AppendLine().Append("|---|---|");
        foreach (var _ in FaultKinds.Each)
            text.Append("---|");
        text.AppendLine();
    }

    private static string Short(long count) => count switch
    {
        0 => "–",
        < 10_000 => count.ToString(CultureInfo.InvariantCulture),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1000}k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count / 1_000_000}M"),
    };
}

/// <summary>A move of a machine, and how often it was made.</summary>
/// <param name="Machine">Scheduler or worker.</param>
/// <param name="Move">From and to.</param>
/// <param name="Count">How often it was made after a fault of a kind; null = at all.</param>
/// <param name="Runs">How many runs made it.</param>
internal sealed record CoverageRow(string Machine, string Move, Func<Faults?, long> Count, int Runs)
{
    public string Name => $"{Machine} {Move}";
}
