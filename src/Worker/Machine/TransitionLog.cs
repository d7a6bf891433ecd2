using System.Globalization;
using System.Text;

namespace TaskGraph.Worker.Machine;

/// <summary>The last transitions of all tasks in a ring, to tell a task's story when something is wrong.</summary>
internal sealed class TransitionLog
{
    private const int Capacity = 4096;

    private readonly Entry[] _ring = new Entry[Capacity];
    private long _count;

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
        ref var entry = ref _ring[_count++ & (Capacity - 1)];
        entry.Task = task;
        entry.Attempt = attempt;
        entry.From = from;
        entry.To = to;
        entry.NowUs = nowUs;
    }

    /// <summary>What the ring still knows of a task, one line per transition.</summary>
    public string Story(TaskId task)
    {
        var text = new StringBuilder();
        for (var i = Math.Max(0, _count - Capacity); i < _count; i++)
        {
            ref readonly var entry = ref _ring[i & (Capacity - 1)];
            if (entry.Task == task)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {entry.NowUs} µs, attempt {entry.Attempt}: ")
                    .Append(entry.From).Append(" → ").Append(entry.To).Append('\n');
            }
        }

        return text.Length == 0 ? "  nothing remembered" : text.ToString();
    }
}
