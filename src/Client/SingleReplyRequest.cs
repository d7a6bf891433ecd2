using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>A question with one answer.</summary>
internal sealed class SingleReplyRequest<TReply>(Message message, bool isRepeatable = true) : ClientRequest
    where TReply : Message
{
    private readonly TaskCompletionSource<TReply> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Message Message { get; } = message;

    public override bool IsRepeatable { get; } = isRepeatable;

    public Task<TReply> Answer => _answer.Task;

    public override bool OnReply(Message reply) => reply is TReply answer && _answer.TrySetResult(answer);

    public override void OnLost(FutureFailure failure) => _answer.TrySetException(failure.ToException(""));
}
