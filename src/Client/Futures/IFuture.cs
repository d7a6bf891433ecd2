namespace TaskGraph;

/// <summary>A future of whatever type: what futures of different types have in common.</summary>
public interface IFuture : IDisposable
{
    /// <summary>The task's identity on the wire.</summary>
    TaskId Id { get; }

    /// <summary>The task's name: the user's, or function and hash of the arguments.</summary>
    string Key { get; }

    /// <summary>What has become of the task, as far as the client has heard.</summary>
    FutureStatus Status { get; }

    /// <summary>Whether the task has ended, well or not.</summary>
    bool IsCompleted { get; }

    /// <summary>The client that holds the future.</summary>
    Client Client { get; }
}
