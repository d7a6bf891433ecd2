using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>A question to the scheduler that waits for its answer.</summary>
internal abstract class ClientRequest
{
    /// <summary>The question; its RequestId is the machine's number for it.</summary>
    public abstract Message Message { get; }

    /// <summary>The function that the question names, if any.</summary>
    public virtual FunctionDefinition? Function => null;

    /// <summary>Whether the question must not overtake the submissions of tasks that it names.</summary>
    public virtual bool NamesTasks => false;

    /// <summary>Whether asking again after a reconnect does no harm.</summary>
    public virtual bool IsRepeatable => true;

    /// <summary>Takes an answer; true = it was the last one. Called under the client's lock.</summary>
    public abstract bool OnReply(Message reply);

    /// <summary>No answer will come.</summary>
    public abstract void OnLost(FutureFailure failure);
}
