using System.Globalization;
using System.Text;
using SchedulerTable = TaskGraph.Scheduler.Machine.TransitionTable;
using WorkerTable = TaskGraph.Worker.Machine.TransitionTable;

namespace TaskGraph.Simulation;

/// <summary>Every move that a machine may make against every kind of fault that had taken place before, as Markdown.</summary>
internal static class CoverageTable
{
    /// <summary>Moves that fewer than one run in a thousand makes, so that no test asks for them, and when they are made.</summary>
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

        Head(text, "scheduler");
        foreach (var row in SchedulerTable.Rows)
            Row(text, $"{row.From} → {row.To}", kind => coverage.Moves(row.From, row.To, kind));
        text.AppendLine();
        Head(text, "worker");
        foreach (var (from, to, _) in WorkerTable.Rows)
            Row(text, $"{from} → {to}", kind => coverage.Moves(from, to, kind));
        return text.ToString();
    }

    /// <summary>Rows that were never taken, and pairs of a row and a fault that were never seen.</summary>
    public static (string[] Rows, int Pairs) Missing(Coverage coverage)
    {
        List<string> rows = [];
        var pairs = 0;
        foreach (var row in SchedulerTable.Rows)
            Look($"scheduler {row.From} → {row.To}", kind => coverage.Moves(row.From, row.To, kind));
        foreach (var (from, to, _) in WorkerTable.Rows)
            Look($"worker {from} → {to}", kind => coverage.Moves(from, to, kind));
        return ([.. rows], pairs);

        void Look(string name, Func<Faults?, long> count)
        {
            if (count(null) == 0)
                rows.Add(name);
            else
                pairs += FaultKinds.Each.Count(kind => count(kind) == 0);
        }
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

    private static void Row(StringBuilder text, string name, Func<Faults?, long> count)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {name} | {Short(count(null))} |");
        foreach (var kind in FaultKinds.Each)
            text.Append(CultureInfo.InvariantCulture, $" {Short(count(kind))} |");
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
