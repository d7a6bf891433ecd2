namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>Of Estee's set after the workflow gallery of Pegasus: a search for gravitational waves.</summary>
internal static class Ligo
{
    private const int Rounds = 2;

    /// <param name="draws">The random numbers.</param>
    /// <param name="widths">How wide each of the graphs side by side is.</param>
    public static EsteeGraph Create(Draws draws, params ReadOnlySpan<int> widths)
    {
        var graph = new EsteeGraph();
        foreach (int width in widths)
        {
            EsteeOutput[] last = [];
            for (int round = 0; round < Rounds; round++)
            {
                var inspirals = new EsteeOutput[width];
                for (int i = 0; i < width; i++)
                {
                    var bank = graph.AddWithOutput(draws.Normal(19, 0.1), draws.Normal(0.9, 0.1), last);
                    inspirals[i] = graph.AddWithOutput(draws.Normal(400, 100), draws.Normal(0.4, 0.1), [bank]);
                }

                last = [graph.AddWithOutput(draws.Normal(5, 1), 0.02, inspirals)];
            }
        }

        return graph;
    }
}
