using System.Text;

namespace TaskGraph.Scheduler.Machine;

/// <summary>The last moves of all tasks, in a fixed ring: what an error message tells of a task.</summary>
internal sealed class TransitionLog
{
    private readonly Entry[] _entries = new Entry[1 << 14];
    private long _count;

    /// <summary>Moves so far, forgotten ones included.</summary>
    public long Count => _count;

    /// <summary>Notes a move.</summary>
    public void Add(ulong submission, int index, TaskState from, TaskState to, int worker, int attempt, long now)
    {
        ref Entry entry = ref _entries[_count++ & (_entries.Length - 1)];
        entry.Submission = submission;
        entry.Index = index;
        entry.From = from;
        entry.To = to;
        entry.Worker = worker;
        entry.Attempt = attempt;
        entry.Now = now;
    }

    /// <summary>Appends the moves from number <paramref name="since"/> on that are still remembered.</summary>
    public void Read(long since, List<TaskMove> into)
    {
        for (long i = Math.Max(since, _count - _entries.Length); i < _count; i++)
        {
            ref Entry entry = ref _entries[i & (_entries.Length - 1)];
            into.Add(new TaskMove(new TaskId(entry.Submission, entry.Index), entry.From, entry.To, entry.Worker, entry.Attempt));
        }
    }

    /// <summary>The remembered moves of one task, oldest first, one per line.</summary>
    public string Story(TaskId task)
    {
        StringBuilder story = new();
        for (long i = Math.Max(0, _count - _entries.Length); i < _count; i++)
        {
            ref Entry entry = ref _entries[i & (_entries.Length - 1)];
            if (entry.Submission != task.Submission || entry.Index != task.Index)
                continue;
            story.Append($"\n  {entry.Now} µs: {entry.From} → {entry.To}");
            story.Append($", worker {entry.Worker}, attempt {entry.Attempt}");
        }

        return story.Length == 0 ? " (no moves remembered)" : story.ToString();
    }

    private struct Entry
    {
        public ulong Submission;
        public long Now;
        public int Index;
        public int Worker;
        public int Attempt;
        public TaskState From;
        public TaskState To;
    }
}

/// <summary>
/// A task was to make a move that <see cref="TransitionTable"/> does not have: a defect of the machine.
/// </summary>
internal sealed class InvalidTransitionException(TaskId task, TaskState from, TaskState to, string story)
    : TaskGraphException($"Task {task} cannot go from {from} to {to}. Its story:{story}");
