using Xunit.Abstractions;

[assembly: TestCollectionOrderer("TaskGraph.Tests.Faults.LongestFirst", "Faults.Tests")]

namespace TaskGraph.Tests.Faults;

/// <summary>Classes that take longest begin first, so that none is left over at the end of a run.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_first =
        [nameof(SlowNetworkTests), nameof(SilenceTests), nameof(PartitionTests), nameof(FailingCodeTests), nameof(HangingTaskTests)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections)
        => testCollections.OrderBy(static collection =>
        {
            var place = Array.FindIndex(s_first, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal));
            return place < 0 ? s_first.Length : place;
        });
}
