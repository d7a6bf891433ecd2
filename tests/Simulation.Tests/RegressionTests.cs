using System.Reflection;

namespace TaskGraph.Simulation.Tests;

/// <summary>Runs that once failed, or fail where a planted bug is alive, shrunk and written down.</summary>
public class RegressionTests
{
    public static TheoryData<string> Names { get; } =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.EndsWith(".json", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_run_that_failed_once_does_not_fail_again(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var text = new StreamReader(stream);
        var result = Replay.Parse(text.ReadToEnd()).Play();
        Assert.True(result.Problem is null, result.Report);
    }
}
