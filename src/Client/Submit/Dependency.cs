namespace TaskGraph;

/// <summary>
/// A task whose result a call takes: a future's, one of the same graph, or a large argument on its way.
/// </summary>
/// <param name="Id">The task's identity; of a graph's own task only its place, as the submission has no number yet.</param>
/// <param name="Source">
/// The <see cref="FutureHandle"/>, kept alive until the call is sent, the <see cref="GraphNode"/> or the
/// <see cref="Upload"/>.
/// </param>
internal readonly record struct Dependency(TaskId Id, object Source)
{
    /// <summary>The graph's own task, or null.</summary>
    public GraphNode? Node => Source as GraphNode;

    /// <summary>What stands for the result in the hash of the call.</summary>
    public Hash128 Identity => Source switch
    {
        GraphNode node => node.Identity,
        FutureHandle handle => handle.Set.Names.IdentityOf(Id),
        Upload upload => Hash128.Of(upload.Body),
        _ => throw new InvalidOperationException($"A dependency cannot come from a {Source.GetType().Name}."),
    };

    /// <summary>Whether this one comes later in the same submission or graph: then the two are not the same.</summary>
    public bool Follows(Dependency other)
    {
        if (Id.Index <= other.Id.Index)
            return false;
        return Source is GraphNode node
            ? other.Node is { } before && ReferenceEquals(node.Graph, before.Graph)
            : ReferenceEquals(Source, other.Source);
    }
}
