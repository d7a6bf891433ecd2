namespace TaskGraph.Worker.Server;

/// <summary>The reasons for which a worker ends in order.</summary>
internal static class Goodbyes
{
    /// <summary>The scheduler sent the worker away.</summary>
    public const string FromScheduler = "the scheduler said goodbye";

    /// <summary>The worker was asked to stop.</summary>
    public const string Asked = "the worker was asked to stop";

    /// <summary>The scheduler wants a fresh worker in its place.</summary>
    public const string Restart = "the worker restarts";

    /// <summary>A function that was cancelled does not return: only the end of the process ends it.</summary>
    public const string Stuck = "a cancelled function does not return";

    /// <summary>The process must be replaced by a fresh one.</summary>
    public const string Broken = "the process is no longer fit to run tasks";
}
