using System.Runtime.CompilerServices;
using System.Text;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class StatesDocumentTests
{
    private const string Begin = "<!-- scheduler states: written by StatesDocumentTests -->";
    private const string End = "<!-- end of scheduler states -->";

    [Fact]
    public void The_document_of_states_is_what_the_transition_table_says()
    {
        string path = PathOfDocument();
        string before = File.Exists(path) ? File.ReadAllText(path) : $"# States\n\n{Begin}\n{End}\n";
        if (!before.Contains(Begin, StringComparison.Ordinal))
            before += $"\n{Begin}\n{End}\n";
        int start = before.IndexOf(Begin, StringComparison.Ordinal);
        int end = before.IndexOf(End, StringComparison.Ordinal);

        string after = before[..start] + Begin + "\n" + Describe() + before[end..];

        // A changed table rewrites the document; on a build machine a stale document is a failure.
        if (after != before && Environment.GetEnvironmentVariable("CI") != "true")
            File.WriteAllText(path, after);
        Assert.True(after == before || Environment.GetEnvironmentVariable("CI") != "true", $"{path} was stale");
        Assert.Contains("| Waiting | Queued |", after, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_legal_move_is_written_once_and_every_state_can_be_entered_and_left()
    {
        var pairs = TransitionTable.Rows.Select(row => (row.From, row.To)).ToArray();
        Assert.Equal(pairs.Length, pairs.Distinct().Count());
        foreach (TaskState state in Enum.GetValues<TaskState>())
        {
            bool isEntered = state == TaskState.Released || pairs.Any(pair => pair.To == state);
            bool isLeft = state == TaskState.Forgotten || pairs.Any(pair => pair.From == state);
            Assert.True(isEntered, $"{state} is never entered");
            Assert.True(isLeft, $"{state} is never left");
            foreach (TaskState to in Enum.GetValues<TaskState>())
                Assert.Equal(pairs.Contains((state, to)), TransitionTable.IsLegal(state, to));
        }
    }

    private static string Describe()
    {
        StringBuilder text = new();
        text.Append("## Scheduler\n\n");
        text.Append("Any pair that is not listed throws `InvalidTransitionException` with the task's story.\n\n");
        text.Append("| from | to | when | effect |\n|---|---|---|---|\n");
        foreach (LegalTransition row in TransitionTable.Rows)
            text.Append($"| {row.From} | {row.To} | {row.When} | {row.Effect} |\n");
        return text.ToString();
    }

    private static string PathOfDocument([CallerFilePath] string source = "")
    {
        // Deterministic builds map source paths: the folder of the solution is found from the test's own folder.
        DirectoryInfo? folder = new(File.Exists(source) ? Path.GetDirectoryName(source)! : AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TaskGraph.sln")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        Directory.CreateDirectory(Path.Combine(folder.FullName, "docs"));
        return Path.Combine(folder.FullName, "docs", "states.md");
    }
}
