namespace TaskGraph.Bench.Graphs;

/// <summary>Who depends on whom from one step to the next in <see cref="StepGraph"/>.</summary>
internal enum StepPattern
{
    /// <summary>Nobody.</summary>
    Trivial,

    /// <summary>Every point on itself.</summary>
    NoComm,

    /// <summary>Every point on itself and both neighbours.</summary>
    Stencil,

    /// <summary>A wave that crosses a square: every point on itself and its left neighbour.</summary>
    Dom,

    /// <summary>Twice as many points at each step, every one on its half.</summary>
    Tree,

    /// <summary>Butterflies: every point on itself and those 2^k away, k going round.</summary>
    Fft,

    /// <summary>Every point on the so many nearest.</summary>
    Nearest,

    /// <summary>Every point on so many that lie far from each other.</summary>
    Spread,

    /// <summary>Every point on all.</summary>
    AllToAll,
}

/// <summary>
/// The patterns of Task Bench (Slaughter et al., SC 2020): <c>width</c> points over <c>steps</c> steps, a task each,
/// which takes tasks of the step before.
/// </summary>
internal static class StepGraph
{
    /// <param name="pattern">Who depends on whom.</param>
    /// <param name="width">The most points that a step has.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="radix">How many each takes, for <c>Nearest</c> and <c>Spread</c>.</param>
    public static DependencyList Create(StepPattern pattern, int width, int steps, int radix = 5)
    {
        var graph = new DependencyList();
        var last = new int[width];
        var (lastFirst, lastCount) = (0, 0);
        var inputs = new List<int>();
        for (int step = 0; step < steps; step++)
        {
            var (first, count) = Points(pattern, width, steps, step);
            var tasks = new int[width];
            for (int point = first; point < first + count; point++)
            {
                inputs.Clear();
                foreach (int from in step == 0 ? [] : Sources(pattern, width, step, radix, point))
                {
                    if (from >= lastFirst && from < lastFirst + lastCount && !inputs.Contains(last[from]))
                        inputs.Add(last[from]);
                }

                tasks[point] = graph.Add([.. inputs]);
            }

            (last, lastFirst, lastCount) = (tasks, first, count);
        }

        return graph;
    }

    /// <summary>The points that a step has: first and count.</summary>
    private static (int First, int Count) Points(StepPattern pattern, int width, int steps, int step) => pattern switch
    {
        StepPattern.Dom => (Math.Max(0, step + width - steps), Math.Min(width, Math.Min(step + 1, steps - step))),
        StepPattern.Tree => (0, Math.Min(width, 1 << Math.Min(step, 30))),
        _ => (0, width),
    };

    /// <summary>The points of the step before that a point depends on; some may not be there.</summary>
    private static IEnumerable<int> Sources(StepPattern pattern, int width, int step, int radix, int point)
    {
        switch (pattern)
        {
            case StepPattern.Trivial:
                return [];
            case StepPattern.NoComm:
                return [point];
            case StepPattern.Stencil:
                return [point - 1, point, point + 1];
            case StepPattern.Dom:
                return [point - 1, point];
            case StepPattern.Tree:
                return [point / 2];
            case StepPattern.Fft:
                int distance = 1 << ((step - 1) % Math.Max(1, (int)Math.Ceiling(Math.Log2(width))));
                return [point - distance, point, point + distance];
            case StepPattern.Nearest:
                return Enumerable.Range(point - (radix / 2), radix);
            case StepPattern.Spread:
                return Enumerable.Range(0, radix)
                    .Select(i => (int)((point + ((long)i * width / radix) + (i > 0 ? step : 0)) % width));
            case StepPattern.AllToAll:
                return Enumerable.Range(0, width);
            default:
                throw new ArgumentOutOfRangeException(nameof(pattern), pattern, "There is no such pattern.");
        }
    }
}
