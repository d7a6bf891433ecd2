namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>Of Estee's set inspired by real workflows: pairs of files that are hashed, and map and reduce.</summary>
internal static class FileGraphs
{
    private const double HashMib = 16.0 / (1024 * 1024);
    private const double SplitMib = 2560;

    /// <summary>Every pair of files is joined and hashed; one task takes the hashes.</summary>
    public static EsteeGraph GridCat(Draws draws, int count)
    {
        var graph = new EsteeGraph();
        var files = new EsteeOutput[count];
        for (int i = 0; i < count; i++)
            files[i] = graph.AddWithOutput(draws.Normal(0.01, 0.001), draws.Normal(300, 25));
        var hashes = new List<EsteeOutput>();
        for (int i = 0; i < count; i++)
        {
            for (int j = i + 1; j < count; j++)
            {
                double mib = graph.MibOf(files[i]) + graph.MibOf(files[j]);
                var joined = graph.AddWithOutput(
                    draws.Normal(0.2, 0.01) + (mib / 1000), mib, [files[i], files[j]]);
                hashes.Add(graph.AddWithOutput(draws.Normal(0.2, 0.01) + (mib / 500), HashMib, [joined]));
            }
        }

        graph.AddWithOutput(0.1, HashMib, hashes);
        return graph;
    }

    /// <summary>Every reducing task takes an output of every mapping task.</summary>
    public static EsteeGraph MapReduce(Draws draws, int count)
    {
        var graph = new EsteeGraph();
        var splits = graph.OutputsOf(graph.Add(10, [.. Enumerable.Repeat(SplitMib, count)]));
        var maps = new int[count];
        for (int i = 0; i < count; i++)
            maps[i] = graph.Add(draws.Normal(50, 10), draws.Normals(count, 250.0 / count, 20.0 / count), [splits[i]]);
        for (int i = 0; i < count; i++)
        {
            EsteeOutput[] parts = [.. maps.Select(map => new EsteeOutput(map, i))];
            graph.Add(draws.Normal(parts.Sum(graph.MibOf) / 25, 5), [], parts);
        }

        return graph;
    }
}
