using System.Collections.Concurrent;

namespace TaskGraph.Messages;

/// <summary>
/// Messages that come by the thousand, to be read into again: decoding them then makes no garbage. Whoever has dealt
/// with such a message, and keeps nothing of it, may give it back.
/// </summary>
public static class MessagePool
{
    private const int MaxKept = 256;
    private const int MaxKeptChunks = 8;

    // What a burst has grown is left to the collector.
    private const int MaxKeptRows = 8192;
    private const int MaxKeptChunkRows = 1 << 15;

    private static readonly ConcurrentQueue<TasksFinished> s_finished = new();
    private static readonly ConcurrentQueue<SubmitTasks> s_chunks = new();

    /// <summary>Takes a message back: empties it, and keeps it if it is of a kind that is worth it.</summary>
    public static void GiveBack(Message message)
    {
        if (message is TasksFinished finished && finished.Tasks.Count <= MaxKeptRows && s_finished.Count < MaxKept)
            Keep(finished);
        else if (message is SubmitTasks chunk && IsWorthKeeping(chunk) && s_chunks.Count < MaxKeptChunks)
            Keep(chunk);
    }

    /// <summary>An empty message that was used before, null = there is none.</summary>
    internal static Message? TryTake(MessageKind kind)
    {
        if (kind == MessageKind.TasksFinished && s_finished.TryDequeue(out var finished))
            return finished;
        return kind == MessageKind.SubmitTasks && s_chunks.TryDequeue(out var chunk) ? chunk : null;
    }

    /// <summary>Small ones make little garbage; wide tasks are rare.</summary>
    private static bool IsWorthKeeping(SubmitTasks chunk) =>
        chunk.Count is > 1000 and <= MaxKeptChunkRows && chunk.Dependencies.Count <= MaxKeptChunkRows * 4
        && chunk.InputsAhead.Count == 0 && chunk.Arguments.Bytes.Length <= Protocol.MaxChunkBytes;

    private static void Keep(TasksFinished finished)
    {
        finished.Tasks.Clear();
        finished.Attempts.Clear();
        finished.Bytes.Clear();
        finished.DurationUs.Clear();
        finished.InlineRows.Clear();
        finished.InlineValues.Clear();
        s_finished.Enqueue(finished);
    }

    private static void Keep(SubmitTasks chunk)
    {
        chunk.KeyHashes.Clear();
        chunk.KeyNames.Clear();
        chunk.Functions.Clear();
        chunk.FunctionIndex.Clear();
        chunk.Arguments.Clear();
        chunk.DependencyEnds.Clear();
        chunk.Dependencies.Clear();
        chunk.Order.Clear();
        chunk.UserPriority.Clear();
        chunk.Retries.Clear();
        chunk.TimeoutMs.Clear();
        chunk.Flags.Clear();
        chunk.Restrictions.Clear();
        chunk.RestrictionIndex.Clear();
        chunk.ResourceSets.Clear();
        chunk.ResourceIndex.Clear();
        s_chunks.Enqueue(chunk);
    }
}
