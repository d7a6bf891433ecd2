using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>What a client is told at the end of a turn. Workers are introduced before results name them.</summary>
internal sealed class ClientOutbox
{
    private const int MaxRows = 8192;

    /// <summary>Characters of error texts per message: with three bytes each still inside a frame.</summary>
    private const int MaxErrorChars = 256 << 10;

    private readonly MessageBatch<WorkersJoined> _joined = new(() => new WorkersJoined(), MessageClearing.Clear);
    private readonly MessageBatch<WorkersLeft> _left = new(() => new WorkersLeft(), MessageClearing.Clear);
    private readonly MessageBatch<TasksReported> _reported = new(() => new TasksReported(), MessageClearing.Clear);
    private readonly MessageBatch<TasksInMemory> _inMemory = new(() => new TasksInMemory(), MessageClearing.Clear);
    private readonly MessageBatch<TasksErred> _erred = new(() => new TasksErred(), MessageClearing.Clear);
    private readonly MessageBatch<TasksCancelled> _cancelled = new(() => new TasksCancelled(), MessageClearing.Clear);
    private readonly MessageBatch<TasksLost> _lost = new(() => new TasksLost(), MessageClearing.Clear);
    private readonly List<Message> _first = [];
    private int _erredChars;
    private readonly List<Message> _replies = [];

    /// <summary>Replies to submissions and questions about code: before the news of tasks.</summary>
    public void AddFirst(Message message) => _first.Add(message);

    public List<Message> First => _first;

    /// <summary>Other replies: after the news of tasks.</summary>
    public void AddReply(Message message) => _replies.Add(message);

    public void InMemory(TaskId task, long bytes, int holder)
    {
        TasksInMemory message = InMemory(0);
        message.Tasks.Add(task);
        message.Bytes.Add(bytes);
        message.Holder.Add(holder);
    }

    public void InMemory(TaskId task, long bytes, int holder, ReadOnlySpan<byte> inline)
    {
        TasksInMemory message = InMemory(inline.Length);
        message.InlineRows.Add(message.Tasks.Count);
        message.InlineValues.Add(inline);
        message.Tasks.Add(task);
        message.Bytes.Add(bytes);
        message.Holder.Add(holder);
    }

    public void Erred(TaskId task, TaskError error)
    {
        int chars = error.Message.Length + error.RemoteStack.Length + error.Key.Length + error.Worker.Length;
        bool hasRoom = _erredChars + chars <= MaxErrorChars;
        TasksErred message = _erred.Open is { Tasks.Count: < MaxRows } open && hasRoom ? open : _erred.Begin();
        _erredChars = message.Tasks.Count == 0 ? chars : _erredChars + chars;
        message.Tasks.Add(task);
        message.Errors.Add(error);
    }

    public void Cancelled(TaskId task, string reason)
    {
        TasksCancelled message = _cancelled.Open is { Tasks.Count: < MaxRows } open && open.Reason == reason
            ? open
            : _cancelled.Begin();
        message.Reason = reason;
        message.Tasks.Add(task);
    }

    public void Lost(TaskId task, string reason)
    {
        TasksLost message = _lost.Open is { Tasks.Count: < MaxRows } open && open.Reason == reason
            ? open
            : _lost.Begin();
        message.Reason = reason;
        message.Tasks.Add(task);
    }

    public void Reported(TaskId task, ReadOnlySpan<byte> report)
    {
        TasksReported message = _reported.Open is { } open
            && open.Reports.Bytes.Length + report.Length <= Protocol.MaxChunkBytes ? open : _reported.Begin();
        message.Tasks.Add(task);
        message.Reports.Add(report);
    }

    public WorkersJoined Joined() => _joined.Open is { Numbers.Count: < MaxRows } open ? open : _joined.Begin();

    public WorkersLeft Left() => _left.Open is { Numbers.Count: < MaxRows } open ? open : _left.Begin();

    public void Collect(List<Message> into)
    {
        _joined.Collect(into);
        into.AddRange(_first);
        _reported.Collect(into);
        _inMemory.Collect(into);
        _erred.Collect(into);
        _cancelled.Collect(into);
        _lost.Collect(into);
        into.AddRange(_replies);
        _left.Collect(into);
    }

    public void Clear()
    {
        _first.Clear();
        _replies.Clear();
        _joined.Clear();
        _reported.Clear();
        _inMemory.Clear();
        _erred.Clear();
        _cancelled.Clear();
        _lost.Clear();
        _left.Clear();
    }

    private TasksInMemory InMemory(int inlineBytes)
    {
        TasksInMemory? open = _inMemory.Open;
        bool isFull = open is null || open.Tasks.Count >= MaxRows
            || open.InlineValues.Bytes.Length + inlineBytes > Protocol.MaxChunkBytes;
        return isFull ? _inMemory.Begin() : open!;
    }
}
