namespace TaskGraph.Tests.Graphs;

public class ArgumentPagesTests
{
    private readonly ArgumentPages _pages = new();

    [Fact]
    public void What_was_added_stays_as_it_was_whatever_is_added_after_it()
    {
        var random = new Random(1);
        var added = new List<(byte[] Given, ReadOnlyMemory<byte> Kept)>();
        for (var i = 0; i < 2_000; i++)
        {
            var given = new byte[random.Next(i % 100 == 0 ? 200_000 : 300)];
            random.NextBytes(given);
            added.Add((given, _pages.Add(given)));
        }

        Assert.All(added, static one => Assert.Equal(one.Given, one.Kept.ToArray()));
    }

    [Fact]
    public void The_same_arguments_one_after_the_other_are_kept_once()
    {
        var first = _pages.Add([1, 2, 3]);

        Assert.True(_pages.Add([1, 2, 3]).Equals(first));
        Assert.False(_pages.Add([1, 2, 4]).Equals(first));
    }
}
