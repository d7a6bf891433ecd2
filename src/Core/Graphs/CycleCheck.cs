namespace TaskGraph;

/// <summary>Finds circular dependencies.</summary>
public static class CycleCheck
{
    private const byte Open = 1;
    private const byte Done = 2;

    /// <summary>Refuses a graph with a cycle. Linear in tasks and dependencies, and without recursion.</summary>
    /// <param name="dependencyEnds">Per task: where its dependencies end in <paramref name="dependencies"/>.</param>
    /// <param name="dependencies">Task numbers; negative ones are tasks outside the graph.</param>
    /// <param name="nameOf">A task's name, for the error.</param>
    /// <exception cref="GraphCycleException">There is a cycle; the message prints it.</exception>
    public static void ThrowIfCyclic(
        ReadOnlySpan<int> dependencyEnds, ReadOnlySpan<int> dependencies, Func<int, string> nameOf)
    {
        if (TakesEarlierOnly(dependencyEnds, dependencies))
            return;
        var state = new byte[dependencyEnds.Length];
        var next = new int[dependencyEnds.Length];
        var path = new Stack<int>();
        for (var root = 0; root < state.Length; root++)
        {
            if (state[root] != 0)
                continue;
            Enter(root, dependencyEnds, state, next, path);
            while (path.TryPeek(out var task))
            {
                if (next[task] == dependencyEnds[task])
                {
                    state[task] = Done;
                    path.Pop();
                    continue;
                }
                var input = dependencies[next[task]++];
                if (input < 0 || state[input] == Done)
                    continue;
                if (state[input] == Open)
                    throw new GraphCycleException(CycleOf(path, input, nameOf));
                Enter(input, dependencyEnds, state, next, path);
            }
        }
    }

    /// <summary>Where each task takes only tasks before it, as in a graph without names, there is no cycle.</summary>
    private static bool TakesEarlierOnly(ReadOnlySpan<int> ends, ReadOnlySpan<int> dependencies)
    {
        for (int task = 0, next = 0; task < ends.Length; task++)
        {
            for (; next < ends[task]; next++)
            {
                if (dependencies[next] >= task)
                    return false;
            }
        }
        return true;
    }

    private static void Enter(int task, ReadOnlySpan<int> ends, byte[] state, int[] next, Stack<int> path)
    {
        state[task] = Open;
        next[task] = task == 0 ? 0 : ends[task - 1];
        path.Push(task);
    }

    private static List<string> CycleOf(Stack<int> path, int first, Func<int, string> nameOf)
    {
        var cycle = new List<string>();
        foreach (var task in path)
        {
            cycle.Add(nameOf(task));
            if (task == first)
                break;
        }
        // The stack gives the innermost first; the message reads "a needs b needs c".
        cycle.Reverse();
        return cycle;
    }
}
