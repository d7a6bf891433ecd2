using System.Text.RegularExpressions;

namespace TaskGraph.Tidy.Tests;

/// <summary>docs/dask-parity.md is true: complete, and every test that it names exists.</summary>
public partial class ParityTests
{
    private static readonly (string Prefix, int Count)[] s_rows =
    [
        ("CL", 42), ("CO", 6), ("SC", 34), ("WO", 24), ("CM", 14), ("DI", 15), ("EX", 8), ("CF", 2), ("DE", 7),
        ("CC", 7), ("BA", 1), ("AR", 3), ("DF", 15), ("ML", 13),
    ];

    private static readonly string[] s_states = ["yes", "partly", "later", "no"];

    [Fact]
    public void Every_row_of_the_inventory_stands_once_in_the_table()
    {
        var expected = s_rows.SelectMany(row => Enumerable.Range(1, row.Count).Select(i => $"{row.Prefix}{i:00}"));
        Assert.Equal(expected, Rows().Select(row => row[0]));
    }

    [Fact]
    public void What_works_names_a_test_that_exists_and_what_will_not_be_gives_its_reason()
    {
        string tests = string.Concat(RepositoryRoot.Files("tests", "*.cs").Select(File.ReadAllText));
        foreach (string[] row in Rows())
        {
            Assert.True(s_states.Contains(row[3]), $"{row[0]}: {row[3]} is no state");
            string[] named = [.. Sentence().Matches(row[5]).Select(match => match.Groups[1].Value)];
            if (row[3] is "yes" or "partly")
                Assert.True(named.Length > 0, $"{row[0]} names no test");
            if (row[3] is "no")
                Assert.True(row[4].Length + row[5].Length > 0, $"{row[0]} gives no reason");
            foreach (string name in named)
                Assert.True(tests.Contains($" {name}(", StringComparison.Ordinal), $"{row[0]}: no test is named {name}");
        }
    }

    private static List<string[]> Rows()
    {
        string path = Path.Combine(RepositoryRoot.Path, "docs", "dask-parity.md");
        return [.. File.ReadLines(path).Where(line => RowStart().IsMatch(line)).Select(Cells)];
    }

    private static string[] Cells(string line)
    {
        string[] cells = [.. line.Replace("\\|", "/", StringComparison.Ordinal).Split('|').Select(cell => cell.Trim())];
        Assert.True(cells.Length == 8, $"not six cells: {line}");
        return cells[1..7];
    }

    [GeneratedRegex("^\\| [A-Z]{2}[0-9]{2} \\|")]
    private static partial Regex RowStart();

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+)`")]
    private static partial Regex Sentence();
}
