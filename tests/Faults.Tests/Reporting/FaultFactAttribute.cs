using Xunit.Sdk;

namespace TaskGraph.Tests.Faults;

/// <summary>
/// A row of the fault matrix as a test: traits <c>Category=Faults</c> and <c>Fault=01</c> … <c>38</c>, and the row's line in
/// the table with which a run ends. Where the means are missing the row is skipped with the reason; on a build machine,
/// which has them, that is a failure.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[TraitDiscoverer("TaskGraph.Tests.Faults.FaultDiscoverer", "Faults.Tests")]
public sealed class FaultFactAttribute : FactAttribute, ITraitAttribute
{
    public FaultFactAttribute(int row, Means needs = Means.None)
    {
        Row = row;
        if (Environment.GetEnvironmentVariable("CI") != "true" && MissingMeans.Of(needs) is { } missing)
            Skip = missing;
    }

    /// <summary>The row, 1 to 38.</summary>
    public int Row { get; }
}
