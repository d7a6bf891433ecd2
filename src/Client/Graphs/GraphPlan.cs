using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// What is decided of a graph before it is sent: that it has no cycle, the order of its tasks, their keys.
/// </summary>
internal sealed class GraphPlan
{
    private readonly GraphTable _graph;

    private GraphPlan(GraphTable graph, KeyForm form, int[] order)
    {
        _graph = graph;
        Form = form;
        Order = order;
    }

    public KeyForm Form { get; }

    /// <summary>Per task: its place in the static order.</summary>
    public int[] Order { get; }

    /// <summary>Per task: what stands for its result in hashes; none for <see cref="KeyForm.Unique"/>.</summary>
    public Hash128[] Identities { get; private set; } = [];

    /// <summary>Per task: its name, for <see cref="KeyForm.Named"/>; empty means unique.</summary>
    public string[] Names { get; private set; } = [];

    /// <summary>Plans a graph whose tasks all have calls.</summary>
    /// <exception cref="GraphCycleException">Tasks depend on each other in a circle.</exception>
    public static GraphPlan Of(GraphTable graph, ulong submission)
    {
        var (ends, inputs) = Adjacency(graph);
        CycleCheck.ThrowIfCyclic(ends, inputs, graph.Describe);
        var plan = new GraphPlan(graph, FormOf(graph), GraphOrder.Of(ends, inputs));
        if (plan.Form != KeyForm.Unique)
            plan.Identities = plan.Identify(submission);
        if (plan.Form == KeyForm.Named)
            plan.Names = plan.PerTask(plan.KeyOf);
        return plan;
    }

    public TaskNames ToTaskNames()
        => TaskNames.Graph(Form, Names, Identities, PerTask(task => _graph[task].Function!.Name));

    /// <summary>Per task: where its inputs end, and all inputs in the order of tasks.</summary>
    private static (int[] Ends, int[] Inputs) Adjacency(GraphTable graph)
    {
        var ends = new int[graph.Count];
        var inputs = GC.AllocateUninitializedArray<int>(graph.Inputs.Length);
        var count = 0;
        for (var task = 0; task < ends.Length; task++)
        {
            var taken = graph.InputsOf(task);
            taken.CopyTo(inputs.AsSpan(count));
            ends[task] = count += taken.Length;
        }
        return (ends, inputs);
    }

    /// <summary>A graph of unshared calls without names needs no hash of anything.</summary>
    private static KeyForm FormOf(GraphTable graph)
    {
        if (graph.HasNames)
            return KeyForm.Named;
        for (var task = 0; task < graph.Count; task++)
        {
            if (graph[task].Options.Pure)
                return KeyForm.Hashed;
        }
        return KeyForm.Unique;
    }

    /// <summary>Inputs before those who take them: any valid order of execution will do.</summary>
    private Hash128[] Identify(ulong submission)
    {
        var identities = new Hash128[Order.Length];
        var sequence = new int[Order.Length];
        for (var task = 0; task < Order.Length; task++)
            sequence[Order[task]] = task;
        foreach (var task in sequence)
        {
            identities[task] = _graph.NameOf(task) is { Length: > 0 } name ? TaskNames.IdentityOf(name)
                : _graph[task].Options.Pure ? HashOf(task, identities)
                : TaskNames.UniqueIdentityOf(new TaskId(submission, task));
        }
        return identities;
    }

    private Hash128 HashOf(int task, Hash128[] identities)
    {
        var inputs = _graph.InputsOf(task);
        var hashes = new Hash128[inputs.Length];
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = inputs[i] >= 0 ? identities[inputs[i]] : _graph.OuterOf(inputs[i]).Identity;
        return CallHash.Of(_graph[task].Function!.Id, hashes, _graph[task].Arguments.Span);
    }

    private string KeyOf(int task)
        => _graph.NameOf(task) is { Length: > 0 } name ? name
        : _graph[task].Options.Pure ? $"{_graph[task].Function!.Name}-{Identities[task]}"
        : "";

    private string[] PerTask(Func<int, string> of)
    {
        var texts = new string[_graph.Count];
        for (var task = 0; task < texts.Length; task++)
            texts[task] = of(task);
        return texts;
    }
}
