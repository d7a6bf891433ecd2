using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// Messages of one kind to one peer in one turn. Rows gather in the last one; when it is full the next begins, so that
/// no message outgrows a frame. The objects are reused turn after turn.
/// </summary>
internal sealed class MessageBatch<T>(Func<T> create, Action<T> clear)
    where T : Message
{
    private readonly List<T> _messages = [];
    private int _used;

    /// <summary>The message that takes the next row; null = none begun in this turn.</summary>
    public T? Open => _used == 0 ? null : _messages[_used - 1];

    /// <summary>Begins a message.</summary>
    public T Begin()
    {
        if (_used == _messages.Count)
            _messages.Add(create());
        return _messages[_used++];
    }

    public void Collect(List<Message> into)
    {
        for (int i = 0; i < _used; i++)
            into.Add(_messages[i]);
    }

    public void Clear()
    {
        for (int i = 0; i < _used; i++)
            clear(_messages[i]);
        _used = 0;

        // What a burst made is not kept for ever.
        if (_messages.Count > KeptMessages)
            _messages.RemoveRange(KeptMessages, _messages.Count - KeptMessages);
    }

    private const int KeptMessages = 16;
}
