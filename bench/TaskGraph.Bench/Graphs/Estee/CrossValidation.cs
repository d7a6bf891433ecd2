namespace TaskGraph.Bench.Graphs.Estee;

/// <summary>Of Estee's set inspired by real workflows: models that are trained on all parts of data but one.</summary>
internal static class CrossValidation
{
    private const int Folds = 5;
    private const double FoldMib = 320;
    private const double ModelMib = 18;
    private const double ScoreMib = 0.0001;
    private const double TrainSeconds = 680;

    /// <summary>So many models, each validated on every fold, in so many graphs side by side.</summary>
    /// <param name="draws">The random numbers.</param>
    /// <param name="models">Models of each graph.</param>
    /// <param name="graphs">Graphs.</param>
    /// <param name="cpus">How wide training and evaluation are.</param>
    /// <param name="factor">How long they take, of the usual durations.</param>
    public static EsteeGraph Create(Draws draws, int models, int graphs = 1, int cpus = 4, double factor = 1)
    {
        var graph = new EsteeGraph();
        for (int i = 0; i < graphs; i++)
            AddOne(graph, draws, models, cpus, factor);
        return graph;
    }

    /// <summary>Parameters are chosen by a validation inside each fold's remainder, models then by an outer one.</summary>
    public static EsteeGraph Nested(Draws draws, int parameters, int cpus = 4)
    {
        var graph = new EsteeGraph();
        var folds = AddFolds(graph, draws);
        for (int left = 0; left < Folds; left++)
        {
            var inner = Without(folds, left);
            var merges = AddMerges(graph, draws, inner);
            var averages = new EsteeOutput[parameters];
            for (int parameter = 1; parameter <= parameters; parameter++)
            {
                var scores = new EsteeOutput[inner.Length];
                for (int i = 0; i < scores.Length; i++)
                    scores[i] = AddModel(graph, draws, [merges[i]], inner[i], TrainSeconds * parameter, 35, cpus);
                averages[parameter - 1] = graph.AddWithOutput(0.2, ScoreMib, scores);
            }

            var best = graph.AddWithOutput(0.2, ScoreMib, averages);
            var all = graph.AddWithOutput(draws.Normal(1, 0.02), FoldMib * inner.Length, inner);
            AddModel(graph, draws, [all, best], folds[left], TrainSeconds, 38, cpus);
        }

        return graph;
    }

    private static void AddOne(EsteeGraph graph, Draws draws, int models, int cpus, double factor)
    {
        var folds = AddFolds(graph, draws);
        var merges = AddMerges(graph, draws, folds);
        for (int model = 0; model < models; model++)
        {
            var scores = new EsteeOutput[Folds];
            for (int i = 0; i < Folds; i++)
                scores[i] = AddModel(graph, draws, [merges[i]], folds[i], TrainSeconds * factor, 34 * factor, cpus);
            graph.Add(0.2, [], scores);
        }
    }

    private static EsteeOutput[] AddFolds(EsteeGraph graph, Draws draws) =>
        graph.OutputsOf(graph.Add(draws.Normal(5, 0.5), [.. Enumerable.Repeat(FoldMib, Folds)]));

    /// <summary>For each fold the others together.</summary>
    private static EsteeOutput[] AddMerges(EsteeGraph graph, Draws draws, EsteeOutput[] folds)
    {
        var merges = new EsteeOutput[folds.Length];
        for (int i = 0; i < merges.Length; i++)
            merges[i] = graph.AddWithOutput(draws.Normal(1.1, 0.02), FoldMib * (folds.Length - 1), Without(folds, i));
        return merges;
    }

    /// <summary>A training and an evaluation on the fold that was left out; returns the score.</summary>
    private static EsteeOutput AddModel(
        EsteeGraph graph, Draws draws, EsteeOutput[] data, EsteeOutput left, double train, double evaluate, int cpus)
    {
        var model = graph.AddWithOutput(draws.Exponential(train), ModelMib, data, cpus);
        return graph.AddWithOutput(draws.Normal(evaluate, 3), ScoreMib, [model, left], cpus);
    }

    private static EsteeOutput[] Without(EsteeOutput[] folds, int index) => [.. folds[..index], .. folds[(index + 1)..]];
}
