using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// What is decided of a graph before it is sent: that it has no cycle, the order of its tasks, their keys.
/// </summary>
internal sealed class GraphPlan
{
    private readonly Hash128[] _hashes;
    private readonly string[] _functions;

    private GraphPlan(KeyForm form, int[] order, string[] names, Hash128[] hashes, string[] functions)
    {
        Form = form;
        Order = order;
        Names = names;
        _hashes = hashes;
        _functions = functions;
    }

    public KeyForm Form { get; }

    /// <summary>Per task: its place in the static order.</summary>
    public int[] Order { get; }

    /// <summary>Per task: its name, for <see cref="KeyForm.Named"/>; empty means unique.</summary>
    public string[] Names { get; }

    /// <summary>Plans a graph whose nodes all have calls.</summary>
    /// <exception cref="GraphCycleException">Tasks depend on each other in a circle.</exception>
    public static GraphPlan Of(List<GraphNode> nodes, ulong submission)
    {
        var ends = new int[nodes.Count];
        var inputs = new List<int>();
        for (var i = 0; i < ends.Length; i++)
        {
            foreach (var dependency in nodes[i].Call!.Dependencies)
            {
                if (dependency.Node is { } input)
                    inputs.Add(input.Index);
            }
            ends[i] = inputs.Count;
        }
        var dependencies = inputs.ToArray();
        CycleCheck.ThrowIfCyclic(ends, dependencies, index => nodes[index].ToString());
        var order = GraphOrder.Of(ends, dependencies);
        var form = FormOf(nodes);
        if (form != KeyForm.Unique)
            Identify(nodes, order, submission);
        return new GraphPlan(form, order,
            form == KeyForm.Named ? nodes.ConvertAll(NameOf).ToArray() : [],
            form == KeyForm.Unique ? [] : nodes.ConvertAll(static node => node.Identity).ToArray(),
            nodes.ConvertAll(static node => node.Call!.Function.Name).ToArray());
    }

    /// <summary>A graph of unshared calls without names needs no hash of anything.</summary>
    private static KeyForm FormOf(List<GraphNode> nodes)
    {
        var form = KeyForm.Unique;
        foreach (var node in nodes)
        {
            if (node.Name.Length > 0)
                return KeyForm.Named;
            if (node.Options.Pure)
                form = KeyForm.Hashed;
        }
        return form;
    }

    public TaskNames ToTaskNames() => TaskNames.Graph(Form, Names, _hashes, _functions);

    /// <summary>Inputs before those who take them: any valid order of execution will do.</summary>
    private static void Identify(List<GraphNode> nodes, int[] order, ulong submission)
    {
        var sequence = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
            sequence[order[i]] = i;
        foreach (var index in sequence)
        {
            var node = nodes[index];
            node.Identity = node.Name.Length > 0 ? TaskNames.IdentityOf(node.Name)
                : node.Options.Pure ? node.Call!.Identity
                : TaskNames.UniqueIdentityOf(new TaskId(submission, index));
        }
    }

    private static string NameOf(GraphNode node)
        => node.Name.Length > 0 ? node.Name
        : node.Options.Pure ? $"{node.Call!.Function.Name}-{node.Identity}"
        : "";
}
