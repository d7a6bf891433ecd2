using System.CommandLine;

namespace TaskGraph.Simulation.Tests;

/// <summary>What <c>taskgraph simulate</c> says about its input.</summary>
public class CommandTests
{
    [Theory]
    [InlineData("--faults", "Nonsense")]
    [InlineData("--faults", "3")]
    [InlineData("--seeds", "0")]
    [InlineData("--workers", "-1")]
    [InlineData("--replay", "there-is-no-such-file.json")]
    public void Bad_input_ends_with_code_2(string option, string value)
    {
        var root = new RootCommand();
        root.Subcommands.Add(new SimulateCommand().Command);
        Assert.Equal(2, root.Parse(["simulate", option, value]).Invoke());
    }

    [Fact]
    public void Seeds_that_do_not_fail_end_with_code_0()
    {
        var root = new RootCommand();
        root.Subcommands.Add(new SimulateCommand().Command);
        Assert.Equal(0, root.Parse(["simulate", "--seeds", "5", "--workers", "2", "--tasks", "10", "--coverage"]).Invoke());
    }

    [Fact]
    public void A_failing_run_is_shrunk_only_while_the_same_thing_goes_wrong()
    {
        Assert.Equal(
            Shrinker.SignatureOf("SimulationException: task 101-0 : it runs on w0/1 and w2/3 at once"),
            Shrinker.SignatureOf("SimulationException: task 203-17 : it runs on w4/0 and w1/12 at once\nLast events"));
        Assert.NotEqual(Shrinker.SignatureOf("A: task 1-0"), Shrinker.SignatureOf("B: task 1-0"));
    }
}
