namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>Of Estee's set after the workflow gallery of Pegasus: a search for small RNAs in bacteria.</summary>
internal static class Sipht
{
    private const int Parsers = 20;

    /// <param name="draws">The random numbers.</param>
    /// <param name="copies">Graphs side by side.</param>
    public static EsteeGraph Create(Draws draws, int copies)
    {
        var graph = new EsteeGraph();
        for (int i = 0; i < copies; i++)
            AddCopy(graph, draws);
        return graph;
    }

    private static void AddCopy(EsteeGraph graph, Draws draws)
    {
        var parsed = new EsteeOutput[Parsers];
        for (int i = 0; i < Parsers; i++)
            parsed[i] = graph.AddWithOutput(draws.Normal(1, 0.2), draws.Normal(0.1, 0.02));
        var parsers = graph.AddWithOutput(0.05, draws.Normal(1.5, 0.1), parsed);

        int srna = graph.Add(draws.Normal(450, 50), draws.Normals(10, 0.5, 0.2), AddSearches(graph, draws));
        var found = graph.OutputsOf(srna)[^1];

        int qrna = graph.Add(draws.Normal(1_200, 100), draws.Normals(8, 0.5, 1), [found]);
        var paralogues = graph.AddWithOutput(draws.Normal(5, 1), 0.9, [found]);
        var ffn = graph.AddWithOutput(draws.Normal(1, 1), 0.9, [found]);
        var synteny = graph.AddWithOutput(draws.Normal(30, 5), 1, [ffn, found]);
        int candidate = graph.Add(draws.Normal(6, 1), [0, 0, 0], [found]);
        graph.Add(
            draws.Normal(1, 2),
            draws.Normals(8, 0.5, 0.2),
            [found, new(qrna, 0), paralogues, ffn, synteny, new(candidate, 0), parsers]);
    }

    /// <summary>Four sources; returns all of their outputs.</summary>
    private static List<EsteeOutput> AddSearches(EsteeGraph graph, Draws draws)
    {
        double[] terminators =
        [
            0, 0, draws.Normal(20, 1), draws.Normal(0.2, 0.1), 0,
            draws.Normal(4, 1), draws.Normal(4, 1), draws.Normal(6, 1),
        ];
        return
        [
            .. graph.OutputsOf(graph.Add(draws.Normal(1_800, 100), terminators)),
            .. graph.OutputsOf(graph.Add(draws.Normal(38, 2), [0, 1])),
            .. graph.OutputsOf(graph.Add(draws.Normal(50, 2), [0, 0.5])),
            .. graph.OutputsOf(graph.Add(draws.Normal(1_900, 100), [0, 0, 4.5])),
        ];
    }
}
