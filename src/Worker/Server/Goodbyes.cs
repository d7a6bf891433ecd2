namespace TaskGraph.Worker.Server;

/// <summary>The reasons for which a worker ends in order.</summary>
internal static class Goodbyes
{
    /// <summary>The scheduler sent the worker away.</summary>
    public const string FromScheduler = "the scheduler said goodbye";

    /// <summary>The worker was asked to stop.</summary>
    public const string Asked = "the worker was asked to stop";
}
