using TaskGraph.Messages;

namespace TaskGraph;

// Failed tasks run again, and the one answer that operations have.
public sealed partial class Client
{
    /// <summary>
    /// Runs failed tasks again, each from the inputs on that failed first; completes when they are under way: their
    /// futures, and those of the inputs, are pending again.
    /// </summary>
    /// <exception cref="TaskGraphException">A task has not failed, or has nothing that could be run again.</exception>
    public async Task RetryAsync(IEnumerable<IFuture> futures, CancellationToken cancellationToken = default)
    {
        IFuture[] all = [.. futures];
        foreach (var batch in all.Chunk(Protocol.MaxTasksPerMessage))
        {
            await OperateAsync(
                id =>
                {
                    var message = new RetryTasks { RequestId = id };
                    foreach (var future in batch)
                        message.Tasks.Add(future.Id);
                    return message;
                },
                cancellationToken).ConfigureAwait(false);
        }

        GC.KeepAlive(all);
    }

    /// <summary>Asks for an operation and returns what was done, in words.</summary>
    private async Task<string> OperateAsync(
        Func<ulong, Message> question, CancellationToken cancellation, bool isRepeatable = true)
    {
        var reply = await AskAsync<OperationReply>(question, cancellation, isRepeatable).ConfigureAwait(false);
        return reply.Error.Length == 0 ? reply.Summary : throw new TaskGraphException(reply.Error);
    }
}
