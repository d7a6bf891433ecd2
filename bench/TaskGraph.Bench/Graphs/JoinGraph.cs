namespace TaskGraph.Bench.Graphs;

/// <summary>
/// RSDS's join: n partitions shuffled by task, in one stage up to 32, in ⌈log₃₂ n⌉ stages of ids in base k beyond.
/// </summary>
internal static class JoinGraph
{
    private const int MaxSplits = 32;

    public static DependencyList Create(int partitions)
    {
        var graph = new DependencyList();
        int stages = 1;
        for (long reach = MaxSplits; reach < partitions; reach *= MaxSplits)
            stages++;
        int radix = stages == 1 ? partitions : (int)Math.Ceiling(Math.Pow(partitions, 1.0 / stages) - 1e-9);
        int ids = 1;
        for (int stage = 0; stage < stages; stage++)
            ids *= radix;

        // Ids beyond the partitions are fed by empty sources.
        int[] values = graph.AddSources(ids);
        for (int stage = 0, step = 1; stage < stages; stage++, step *= radix)
            values = Shuffle(graph, values, stage == stages - 1 ? partitions : ids, radix, step);
        graph.Add(graph.AddEach(values));
        return graph;
    }

    /// <summary>Every output takes a split from each group whose id differs in this stage's digit alone.</summary>
    private static int[] Shuffle(DependencyList graph, int[] values, int outputs, int radix, int step)
    {
        int[] groups = graph.AddEach(values);
        var shuffled = new int[outputs];
        var splits = new int[radix];
        for (int id = 0; id < outputs; id++)
        {
            int rest = id - (id / step % radix * step);
            for (int digit = 0; digit < radix; digit++)
                splits[digit] = graph.Add(groups[rest + (digit * step)]);
            shuffled[id] = graph.Add(splits);
        }

        return shuffled;
    }
}
