namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>Of Estee's set after the workflow gallery of Pegasus: how earthquakes shake a place.</summary>
internal static class CyberShake
{
    private const int Extracts = 2;

    /// <param name="draws">The random numbers.</param>
    /// <param name="width">Seismograms.</param>
    public static EsteeGraph Create(Draws draws, int width)
    {
        var graph = new EsteeGraph();
        var extracts = new EsteeOutput[Extracts][];
        for (int i = 0; i < Extracts; i++)
            extracts[i] = graph.OutputsOf(graph.Add(draws.Normal(100, 50), draws.Normals(2, 220, 80)));
        var seismograms = new EsteeOutput[width];
        for (int i = 0; i < width; i++)
        {
            seismograms[i] = graph.AddWithOutput(
                draws.Normal(45, 10), draws.Normal(0.02, 0.01), extracts[i * Extracts / width]);
        }

        graph.AddWithOutput(draws.Normal(0.5, 0.2), draws.Normal(0.2, 0.1), seismograms);
        var peaks = new EsteeOutput[width];
        for (int i = 0; i < width; i++)
            peaks[i] = graph.AddWithOutput(draws.Normal(1, 0.5), 0.01, [seismograms[i]]);
        graph.AddWithOutput(draws.Normal(0.5, 0.2), 0.1, peaks);
        return graph;
    }
}
