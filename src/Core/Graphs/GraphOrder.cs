namespace TaskGraph;

/// <summary>The static order of a graph's tasks.</summary>
public static class GraphOrder
{
    /// <summary>Per task: its place in the order.</summary>
    public static int[] Of(ReadOnlySpan<int> dependencyEnds, ReadOnlySpan<int> dependencies)
    {
        var order = new int[dependencyEnds.Length];
        Array.Fill(order, -1);
        var next = 0;
        var stack = new Stack<int>();
        for (var i = 0; i < order.Length; i++)
        {
            stack.Push(i);
            while (stack.TryPeek(out var task))
            {
                if (order[task] >= 0) { stack.Pop(); continue; }
                var start = task == 0 ? 0 : dependencyEnds[task - 1];
                var ready = true;
                for (var d = dependencyEnds[task] - 1; d >= start; d--)
                {
                    if (order[dependencies[d]] < 0) { stack.Push(dependencies[d]); ready = false; }
                }
                if (ready) { order[task] = next++; stack.Pop(); }
            }
        }
        return order;
    }
}
