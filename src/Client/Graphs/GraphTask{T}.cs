namespace TaskGraph;

/// <summary>A task of a graph, of whatever type.</summary>
public interface IGraphTask
{
    /// <summary>The task's name; empty if it was given none.</summary>
    string Name { get; }
}

/// <summary>How the library gets from a task of unknown type to its node.</summary>
internal interface IHasGraphNode
{
    GraphNode Node { get; }
}

/// <summary>A task of a graph that has not been submitted: an argument for further tasks of the same graph.</summary>
/// <typeparam name="T">The type of its result.</typeparam>
[NotCapturable("pass it as an argument of GraphBuilder.Add, and take its value as a parameter")]
public sealed class GraphTask<T> : Arg<T>, IGraphTask, IHasGraphNode
{
    internal GraphTask(GraphNode node) => Node = node;

    /// <inheritdoc/>
    public string Name => Node.Name;

    internal GraphNode Node { get; }

    GraphNode IHasGraphNode.Node => Node;

    /// <summary>Name, or function and place in the graph.</summary>
    public override string ToString() => Node.ToString();

    internal override void AddTo(CallBuilder call) => call.Dependency(Node);
}
