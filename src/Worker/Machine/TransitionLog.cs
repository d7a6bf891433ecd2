using System.Globalization;
using System.Text;

namespace TaskGraph.Worker.Machine;

/// <summary>The last transitions of all tasks in a ring, to tell a task's story when something is wrong.</summary>
/// <param name="capacity">How many it holds; a power of two.</param>
internal sealed class TransitionLog(int capacity)
{
    private readonly Entry[] _ring = new Entry[capacity];
    private long _count;

    /// <summary>How many transitions were ever noted.</summary>
    public long Count => _count;

    private struct Entry
    {
        public TaskId Task;
        public long NowUs;
        public int Attempt;
        public WorkerTaskState From;
        public WorkerTaskState To;
    }

    /// <summary>Remembers one transition and forgets the oldest.</summary>
    public void Add(TaskId task, int attempt, WorkerTaskState from, WorkerTaskState to, long nowUs)
    {
        ref var entry = ref _ring[_count++ & (capacity - 1)];
        entry.Task = task;
        entry.Attempt = attempt;
        entry.From = from;
        entry.To = to;
        entry.NowUs = nowUs;
    }

    /// <summary>Appends the transitions from number <paramref name="since"/> on that are still remembered.</summary>
    public void Read(long since, List<(WorkerTaskState From, WorkerTaskState To)> into)
    {
        for (var i = Math.Max(since, _count - capacity); i < _count; i++)
        {
            ref readonly var entry = ref _ring[i & (capacity - 1)];
            into.Add((entry.From, entry.To));
        }
    }

    /// <summary>What the ring still knows of a task, one line per transition.</summary>
    public string Story(TaskId task)
    {
        var text = new StringBuilder();
        for (var i = Math.Max(0, _count - capacity); i < _count; i++)
        {
            ref readonly var entry = ref _ring[i & (capacity - 1)];
            if (entry.Task == task)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {entry.NowUs} µs, attempt {entry.Attempt}: ")
                    .Append(entry.From).Append(" → ").Append(entry.To).Append('\n');
            }
        }

        return text.Length == 0 ? "  nothing remembered" : text.ToString();
    }
}
