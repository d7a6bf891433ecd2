namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// Copies that a worker was told to drop, until it says that it has read so: what it says of them before then was said
/// before it dropped them, and does not count.
/// </summary>
internal sealed class DroppedCopies
{
    private readonly Queue<(int Number, TaskId Task)> _inOrder = new();
    private readonly Dictionary<TaskId, int> _last = [];

    /// <summary>The free of that number drops the worker's copy.</summary>
    public void Add(TaskId task, int number)
    {
        // One message may drop a copy twice.
        if (_last.TryGetValue(task, out int last) && last == number)
            return;
        _inOrder.Enqueue((number, task));
        _last[task] = number;
    }

    /// <summary>Whether the worker has yet to read that it is to drop its copy.</summary>
    public bool Contains(TaskId task) => _last.Count > 0 && _last.ContainsKey(task);

    /// <summary>The worker has read all up to that number.</summary>
    public void Read(int number)
    {
        while (_inOrder.TryPeek(out (int Number, TaskId Task) first) && first.Number <= number)
        {
            _inOrder.Dequeue();
            if (_last[first.Task] == first.Number)
                _last.Remove(first.Task);
        }
    }
}
