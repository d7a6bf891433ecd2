using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// A question with one answer. <paramref name="heard"/> gets it under the client's lock, before anything that comes behind it:
/// whoever awaits it goes on in its own time.
/// </summary>
internal sealed class SingleReplyRequest<TReply>(
    Message message, bool isRepeatable = true, Action<TReply>? heard = null) : ClientRequest
    where TReply : Message
{
    private readonly TaskCompletionSource<TReply> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Message Message { get; } = message;

    public override bool IsRepeatable { get; } = isRepeatable;

    public Task<TReply> Answer => _answer.Task;

    public override bool OnReply(Message reply)
    {
        if (reply is not TReply answer)
            return false;
        heard?.Invoke(answer);
        return _answer.TrySetResult(answer);
    }

    public override void OnLost(FutureFailure failure) => _answer.TrySetException(failure.ToException(""));
}
