using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>A function to be run on workers or on the scheduler, which collects one answer for each.</summary>
internal sealed class RunRequest(FunctionDefinition function, Message message) : ClientRequest
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
            var wanted = Message is RunOnWorkers { Workers: { Length: > 0 } workers }
                ? string.Join(", ", workers)
                : "any worker";
            return _answers.TrySetException(new TaskGraphException($"No worker is present that matches {wanted}."));
        }
        _replies.Add(answer);
        return _replies.Count >= answer.WorkerCount && _answers.TrySetResult(_replies);
    }

    public override void OnLost(FutureFailure failure) => _answers.TrySetException(failure.ToException(""));
}
