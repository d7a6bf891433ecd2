namespace TaskGraph.Scheduler.Machine;

/// <summary>The last runs of all tasks, in a ring: 40 bytes each, no references.</summary>
internal sealed class RunLog
{
    /// <summary>Runs that are remembered.</summary>
    public const int Capacity = 1 << 16;

    private const int FirstLength = 1024;

    // Grows as far as runs need it: a scheduler that does nothing keeps its memory.
    private Entry[] _entries = new Entry[FirstLength];

    /// <summary>Runs so far.</summary>
    public long Count { get; private set; }

    /// <summary>The number of the oldest run that is remembered.</summary>
    public long First => Math.Max(0, Count - Capacity);

    /// <summary>The run of a number from <see cref="First"/> to <see cref="Count"/> − 1.</summary>
    public ref readonly Entry this[long number] => ref _entries[number & (_entries.Length - 1)];

    public void Add(ulong submission, int index, int function, int worker, long now, int durationUs, long bytes)
    {
        if (Count == _entries.Length && _entries.Length < Capacity)
            Array.Resize(ref _entries, _entries.Length * 2);
        ref Entry entry = ref _entries[Count++ & (_entries.Length - 1)];
        entry.Submission = submission;
        entry.Stopped = now;
        entry.Bytes = bytes;
        entry.Index = index;
        entry.Function = function;
        entry.Worker = worker;
        entry.DurationUs = durationUs;
    }

    /// <summary>One run.</summary>
    internal struct Entry
    {
        public ulong Submission;
        public long Stopped;
        public long Bytes;
        public int Index;
        public int Function;
        public int Worker;

        /// <summary>−1 = it failed.</summary>
        public int DurationUs;
    }
}
