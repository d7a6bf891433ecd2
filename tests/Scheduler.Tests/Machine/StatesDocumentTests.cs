using System.Text;
using TaskGraph.Scheduler.Machine;
using TaskGraph.Tests;

namespace Scheduler.Tests.Machine;

public class StatesDocumentTests
{
    [Fact]
    public void The_document_of_states_is_what_the_transition_table_says() =>
        DocumentSection.Check("states.md", "scheduler states", Describe());

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
}
