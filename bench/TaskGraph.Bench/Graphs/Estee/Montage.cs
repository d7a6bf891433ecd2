namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>Of Estee's set after the workflow gallery of Pegasus: a mosaic of pictures of the sky.</summary>
internal static class Montage
{
    /// <param name="draws">The random numbers.</param>
    /// <param name="width">Differences; there are a quarter as many pictures.</param>
    public static EsteeGraph Create(Draws draws, int width)
    {
        var graph = new EsteeGraph();
        var projects = new EsteeOutput[width / 4][];
        for (int i = 0; i < projects.Length; i++)
            projects[i] = graph.OutputsOf(graph.Add(draws.Normal(15, 3), draws.Normals(2, 4, 1)));
        var differences = new List<EsteeOutput>();
        for (int k = 0; k < width; k++)
        {
            // Picture i goes to the differences from 4 i - 2 up to, without, 4 i + 2.
            int picture = (k + 2) / 4;
            EsteeOutput[] inputs = picture < projects.Length ? [projects[picture][draws.Below(2)]] : [];
            int task = graph.Add(draws.Normal(10, 1), draws.Normals(2, 0.2, 0.1), inputs);
            differences.AddRange(graph.OutputsOf(task));
        }

        var joined = graph.AddWithOutput(draws.Normal(13, 2), 0.01, differences);
        var model = graph.AddWithOutput(draws.Normal(11, 1), 0.01, [joined]);
        var backgrounds = new List<EsteeOutput>();
        foreach (var project in projects)
        {
            int task = graph.Add(draws.Normal(10, 1), draws.Normals(2, 4, 1), [model, project[draws.Below(2)]]);
            backgrounds.AddRange(graph.OutputsOf(task));
        }

        graph.Add(8, [], backgrounds);
        return graph;
    }
}
