using System.Text;
using TaskGraph.Tests;
using TaskGraph.Worker.Machine;

namespace Worker.Tests.Machine;

public class StatesDocumentTests
{
    [Fact]
    public void The_document_of_states_is_what_the_transition_table_says() =>
        DocumentSection.Check("states.md", "worker states", Describe());

    [Fact]
    public void Every_legal_move_is_written_once()
    {
        var pairs = TransitionTable.Rows.Select(row => (row.From, row.To)).ToArray();
        Assert.NotEmpty(pairs);
        Assert.Equal(pairs.Length, pairs.Distinct().Count());
    }

    private static string Describe()
    {
        StringBuilder text = new();
        text.Append("## Worker\n\n");
        text.Append("Any pair that is not listed throws `InvalidTransitionException` with the task's story.\n\n");
        text.Append("| from | to | cause |\n|---|---|---|\n");
        foreach (var (from, to, cause) in TransitionTable.Rows)
            text.Append($"| {from} | {to} | {cause} |\n");
        return text.ToString();
    }
}
