namespace TaskGraph;

/// <summary>
/// A task whose result a call takes: a future's, one of the same graph, or a large argument on its way.
/// </summary>
/// <param name="Id">The task's identity; of a graph's own task not known before the graph is submitted.</param>
/// <param name="Node">The graph's own task, or null.</param>
/// <param name="Handle">The future's handle, kept alive until the call is sent, or null.</param>
/// <param name="Identity">What stands for the result in the hash of the call.</param>
internal readonly record struct Dependency(TaskId Id, GraphNode? Node, FutureHandle? Handle, Hash128 Identity);
