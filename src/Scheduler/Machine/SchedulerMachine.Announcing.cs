namespace TaskGraph.Scheduler.Machine;

/// <content>What a batch will touch, told to the processor a few tasks ahead.</content>
internal sealed partial class SchedulerMachine
{
    private readonly int[] _announced = new int[16];

    /// <summary>
    /// Runs ahead of a batch of finished tasks in two steps: the task's row and links, then the edges to its inputs.
    /// </summary>
    private readonly ref struct Announcer
    {
        private const int RowAhead = 12;
        private const int EdgeAhead = 6;
        private const int RingMask = 15;

        private readonly SchedulerMachine _machine;
        private readonly ReadOnlySpan<TaskId> _ids;

        public Announcer(SchedulerMachine machine, ReadOnlySpan<TaskId> ids)
        {
            _machine = machine;
            _ids = ids;
            for (int position = 0; position < RowAhead; position++)
                AnnounceRow(position);
        }

        /// <summary>The task at this position comes next: its row, −1 = there is none.</summary>
        public int MoveTo(int position)
        {
            int row = _machine._announced[position & RingMask];
            AnnounceRow(position + RowAhead);
            if (_machine._announced[(position + EdgeAhead) & RingMask] is var next and >= 0
                && _machine._tasks[next].FirstDependency is var edge and >= 0)
                CacheHint.WillNeed(ref _machine._edges[edge]);
            return row;
        }

        private void AnnounceRow(int position)
        {
            int row = position < _ids.Length ? _machine._submissions.FindTask(_ids[position]) : -1;
            _machine._announced[position & RingMask] = row;
            if (row < 0)
                return;
            CacheHint.WillNeed(ref _machine._tasks[row]);
            CacheHint.WillNeed(ref _machine._tasks.Needs(row));
        }
    }

    /// <summary>
    /// What giving the next queued tasks to workers will touch: their rows, then their edges and arguments, then the rows of
    /// their inputs.
    /// </summary>
    private void AnnounceReady()
    {
        const int RowAhead = 13;
        const int EdgeAhead = 8;
        const int InputAhead = 3;
        if (_ready.Ahead(RowAhead) is var next and >= 0)
            CacheHint.WillNeed(ref _tasks[next]);
        if (_ready.Ahead(EdgeAhead) is var soon and >= 0 && _tasks[soon].State == TaskState.Queued)
        {
            ref TaskRow row = ref _tasks[soon];
            _blobs.WillNeed(row.Blob, row.ArgumentsOffset);
            if (row.DependencyCount > 0)
                CacheHint.WillNeed(ref _edges[row.FirstDependency]);
        }

        if (_ready.Ahead(InputAhead) is var soonest and >= 0 && _tasks[soonest].State == TaskState.Queued)
            AnnounceInputs(_tasks[soonest]);
    }

    /// <summary>
    /// Runs ahead of the inputs of a chunk that are being linked: an input's list of dependents, then the last edge of that.
    /// </summary>
    private void AnnounceLinks(ReadOnlySpan<int> inputs, int start, int end)
    {
        const int ListAhead = 24;
        const int LastAhead = 10;
        for (int i = start; i < end; i++)
        {
            if (i + ListAhead < inputs.Length)
                CacheHint.WillNeed(ref _tasks.Dependents(inputs[i + ListAhead]));
            if (i + LastAhead < inputs.Length && _tasks.Dependents(inputs[i + LastAhead]).Last is var last and >= 0)
                CacheHint.WillNeed(ref _edges[last]);
        }
    }

    /// <summary>The rows that a task's inputs are in.</summary>
    private void AnnounceInputs(in TaskRow row)
    {
        const int Most = 8;
        int end = row.FirstDependency + Math.Min(row.DependencyCount, Most);
        for (int edge = row.FirstDependency; edge < end; edge++)
            CacheHint.WillNeed(ref _tasks[_edges[edge].Dependency]);
    }

    /// <summary>What a task that begins to wait wants of its inputs.</summary>
    private void AnnounceClaims(in TaskRow row)
    {
        const int Most = 8;
        int end = row.FirstDependency + Math.Min(row.DependencyCount, Most);
        for (int edge = row.FirstDependency; edge < end; edge++)
            CacheHint.WillNeed(ref _tasks.Needs(_edges[edge].Dependency));
    }

    /// <summary>What taking an edge out of its list will touch.</summary>
    private void AnnounceUnlink(int edge)
    {
        Edge removed = _edges[edge];
        CacheHint.WillNeed(ref _tasks.Dependents(removed.Dependency));
        if (removed.Next >= 0)
            CacheHint.WillNeed(ref _edges[removed.Next]);
        if (removed.Previous >= 0)
            CacheHint.WillNeed(ref _edges[removed.Previous]);
    }
}
