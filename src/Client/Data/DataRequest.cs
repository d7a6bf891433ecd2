using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>Values asked for from one worker, and what came.</summary>
internal sealed class DataRequest
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<TaskId, int> _positions;
    private int _remaining;

    public DataRequest(TaskId[] tasks)
    {
        Tasks = tasks;
        Values = new Payload?[tasks.Length];
        Statuses = new DataStatus[tasks.Length];
        Array.Fill(Statuses, DataStatus.Missing);
        _remaining = tasks.Length;
        _positions = new Dictionary<TaskId, int>(tasks.Length);
        for (var i = 0; i < tasks.Length; i++)
            _positions.Add(tasks[i], i);
    }

    /// <summary>What is asked for, each once.</summary>
    public TaskId[] Tasks { get; }

    /// <summary>Per task: its encoded value, or null.</summary>
    public Payload?[] Values { get; }

    /// <summary>Per task: what the worker said.</summary>
    public DataStatus[] Statuses { get; }

    /// <summary>Why the worker could not be asked; null if it answered.</summary>
    public string? Failure { get; private set; }

    /// <summary>Completes when every value was answered, or the worker is gone. Never fails.</summary>
    public Task Done => _done.Task;

    /// <summary>Takes one answer; true = it was the last. Called by the link's one receiver.</summary>
    public bool Take(DataReply reply) =>
        Note(reply.Task, reply.Status, reply.Status == DataStatus.Found ? PayloadOf(reply.Attachments) : default);

    /// <summary>Takes answers, whose values stay where they are in the message; true = one was the last.</summary>
    public bool Take(DataReplies replies)
    {
        var isLast = false;
        for (var i = 0; i < replies.Tasks.Count; i++)
        {
            var value = new Payload(replies.Values.MemoryOf(i));
            isLast |= Note(replies.Tasks[i], (DataStatus)replies.Statuses[i], value);
        }
        return isLast;
    }

    public void Complete() => _done.TrySetResult();

    public void Fail(string reason)
    {
        Failure = reason;
        _done.TrySetResult();
    }

    private bool Note(TaskId task, DataStatus status, in Payload value)
    {
        if (!_positions.Remove(task, out var position))
            return false;
        Statuses[position] = status;
        if (status == DataStatus.Found)
            Values[position] = value;
        return --_remaining == 0;
    }

    private static Payload PayloadOf(IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        if (attachments.Count <= 1)
            return new Payload(attachments.Count == 0 ? default : attachments[0]);
        var buffers = new ReadOnlyMemory<byte>[attachments.Count - 1];
        for (var i = 0; i < buffers.Length; i++)
            buffers[i] = attachments[i + 1];
        return new Payload(attachments[0], buffers);
    }
}
