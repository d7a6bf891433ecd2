namespace TaskGraph;

/// <summary>
/// A task whose result a call takes: a future's, one of the same graph, or a large argument on its way.
/// </summary>
/// <param name="Id">The task's identity; of a graph's own task only its place, as the submission has no number yet.</param>
/// <param name="Source">
/// The <see cref="FutureHandle"/>, kept alive until the call is sent, the <see cref="GraphBuilder"/> or the
/// <see cref="Upload"/>.
/// </param>
internal readonly record struct Dependency(TaskId Id, object Source)
{
    /// <summary>Whether it is a task of the graph to which the call is added.</summary>
    public bool IsOfGraph => Source is GraphBuilder;

    /// <summary>What stands for the result in the hash of the call; a graph's own task has that in its plan.</summary>
    public Hash128 Identity => Source switch
    {
        FutureHandle handle => handle.Set.Names.IdentityOf(Id),
        Upload upload => Hash128.Of(upload.Body),
        _ => throw new InvalidOperationException($"A dependency cannot come from a {Source.GetType().Name}."),
    };

    /// <summary>Whether this one comes later in the same submission or graph: then the two are not the same.</summary>
    public bool Follows(Dependency other)
        => Id.Index > other.Id.Index && ReferenceEquals(Source, other.Source);
}
