namespace TaskGraph;

/// <summary>A task, or an actor's method, that runs on a worker.</summary>
/// <param name="Key">The task's key.</param>
/// <param name="Function">The short name of its function.</param>
/// <param name="Elapsed">How long it has been running.</param>
/// <param name="Where">On a thread of the worker's, awaiting something, or seceded.</param>
public sealed record RunningTask(string Key, string Function, TimeSpan Elapsed, string Where);
