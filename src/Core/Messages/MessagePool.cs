using System.Collections.Concurrent;

namespace TaskGraph.Messages;

/// <summary>
/// Messages that come by the thousand, to be read into again: decoding them then makes no garbage. Whoever has dealt
/// with such a message, and keeps nothing of it, may give it back.
/// </summary>
public static class MessagePool
{
    private const int MaxKept = 256;

    // What a burst has grown is left to the collector.
    private const int MaxKeptRows = 8192;

    private static readonly ConcurrentQueue<TasksFinished> s_finished = new();

    /// <summary>Takes a message back: empties it, and keeps it if it is of a kind that is worth it.</summary>
    public static void GiveBack(Message message)
    {
        if (message is not TasksFinished finished || finished.Tasks.Count > MaxKeptRows || s_finished.Count >= MaxKept)
            return;
        finished.Tasks.Clear();
        finished.Attempts.Clear();
        finished.Bytes.Clear();
        finished.DurationUs.Clear();
        finished.InlineRows.Clear();
        finished.InlineValues.Clear();
        s_finished.Enqueue(finished);
    }

    /// <summary>An empty message that was used before, null = there is none.</summary>
    internal static Message? TryTake(MessageKind kind) =>
        kind == MessageKind.TasksFinished && s_finished.TryDequeue(out var finished) ? finished : null;
}
