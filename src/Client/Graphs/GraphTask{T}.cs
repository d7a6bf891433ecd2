namespace TaskGraph;

/// <summary>A task of a graph, of whatever type.</summary>
public interface IGraphTask
{
    /// <summary>The task's name; empty if it was given none.</summary>
    string Name { get; }
}

/// <summary>How the library gets from a task of unknown type to its row.</summary>
internal interface IGraphRow
{
    GraphBuilder Graph { get; }

    int Index { get; }
}

/// <summary>A task of a graph that has not been submitted: an argument for further tasks of the same graph.</summary>
/// <typeparam name="T">The type of its result.</typeparam>
[NotCapturable("pass it as an argument of GraphBuilder.Add, and take its value as a parameter")]
public sealed class GraphTask<T> : Arg<T>, IGraphTask, IGraphRow
{
    internal GraphTask(GraphBuilder graph, int index) => (Graph, Index) = (graph, index);

    /// <inheritdoc/>
    public string Name => Graph.Table.NameOf(Index);

    internal GraphBuilder Graph { get; }

    /// <summary>Its place in the graph, in the order in which tasks were added or named.</summary>
    internal int Index { get; }

    GraphBuilder IGraphRow.Graph => Graph;

    int IGraphRow.Index => Index;

    /// <summary>Name, or function and place in the graph.</summary>
    public override string ToString() => Graph.Table.Describe(Index);

    internal override void AddTo(CallBuilder call) => call.Dependency(Graph, Index);
}
