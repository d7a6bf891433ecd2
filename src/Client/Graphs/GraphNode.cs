namespace TaskGraph;

/// <summary>One task of a graph that is being built, or a name that a later task of the graph will take.</summary>
internal sealed class GraphNode(GraphBuilder graph, int index, string name, Type type)
{
    public GraphBuilder Graph { get; } = graph;

    /// <summary>Its place in the graph, in the order in which nodes were made.</summary>
    public int Index { get; } = index;

    /// <summary>The user's name; empty if there is none.</summary>
    public string Name { get; } = name;

    /// <summary>The type of its result.</summary>
    public Type Type { get; } = type;

    /// <summary>What it runs; null while it is a mere name.</summary>
    public Call? Call { get; set; }

    public SubmitOptions Options { get; set; } = SubmitOptions.Default;

    /// <summary>What stands for its result in hashes; known once the graph is submitted.</summary>
    public Hash128 Identity { get; set; }

    /// <summary>The name, or function and place, for errors.</summary>
    public override string ToString() => Name.Length > 0 ? Name : $"{Call?.Function.Name ?? "task"} #{Index}";
}
