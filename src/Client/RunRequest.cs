using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>A <see cref="RunOnWorkers"/> that collects one answer per worker.</summary>
internal sealed class RunRequest(FunctionDefinition function, RunOnWorkers message) : ClientRequest
{
    private readonly List<RunReply> _replies = [];
    private readonly TaskCompletionSource<IReadOnlyList<RunReply>> _answers =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Message Message { get; } = message;

    public override FunctionDefinition Function { get; } = function;

    /// <summary>The function may already have run: asking again could run it twice.</summary>
    public override bool IsRepeatable => false;

    public Task<IReadOnlyList<RunReply>> Answers => _answers.Task;

    public override bool OnReply(Message reply)
    {
        if (reply is not RunReply answer)
            return false;
        if (answer.WorkerCount == 0)
        {
            var wanted = message.Workers.Length == 0 ? "any worker" : string.Join(", ", message.Workers);
            return _answers.TrySetException(new TaskGraphException($"No worker is present that matches {wanted}."));
        }
        _replies.Add(answer);
        return _replies.Count >= answer.WorkerCount && _answers.TrySetResult(_replies);
    }

    public override void OnLost(FutureFailure failure) => _answers.TrySetException(failure.ToException(""));
}
