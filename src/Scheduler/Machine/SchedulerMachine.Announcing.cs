namespace TaskGraph.Scheduler.Machine;

/// <content>What a batch will touch, told to the processor a few tasks ahead.</content>
internal sealed partial class SchedulerMachine
{
    private readonly int[] _announced = new int[16];
    private readonly int[] _linked = new int[32];

    /// <summary>
    /// Runs ahead of a batch of finished tasks in three steps: the task's row, then the edges to its first dependent and
    /// its inputs, then what it wants of these dependents. Each step reads only what the one before has brought.
    /// </summary>
    private readonly ref struct Announcer
    {
        private const int RowAhead = 12;
        private const int EdgeAhead = 8;
        private const int DependentAhead = 4;
        private const int SecondAhead = 2;
        private const int ThirdAhead = 1;
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

        /// <summary>The task at this position comes next.</summary>
        public void MoveTo(int position)
        {
            AnnounceRow(position + RowAhead);
            if (_machine._announced[(position + EdgeAhead) & RingMask] is var next and >= 0)
                AnnounceEdges(next, _machine._tasks[next]);

            // Most tasks have three dependents at most.
            if (_machine._announced[(position + DependentAhead) & RingMask] is var soon and >= 0)
                AnnounceDependent(soon, after: 0);
            if (_machine._announced[(position + SecondAhead) & RingMask] is var sooner and >= 0)
                AnnounceDependent(sooner, after: 1);
            if (_machine._announced[(position + ThirdAhead) & RingMask] is var soonest and >= 0)
                AnnounceDependent(soonest, after: 2);
        }

        private void AnnounceEdges(int task, in TaskRow row)
        {
            // It may have been forgotten meanwhile.
            if (row.State == TaskState.Forgotten)
                return;
            if (_machine._tasks.FirstDependent(task) is var first and >= 0)
                CacheHint.WillNeed(ref _machine._edges[first]);
            if (row.DependencyCount > 0)
                CacheHint.WillNeed(ref _machine._edges[row.FirstDependency]);
        }

        /// <summary>Of the dependents, the one after so many others, and the edge to the next.</summary>
        private void AnnounceDependent(int task, int after)
        {
            if (_machine._tasks.StateOf(task) == TaskState.Forgotten)
                return;
            int edge = _machine._tasks.FirstDependent(task);
            for (; edge >= 0 && after > 0; after--)
                edge = _machine._edges[edge].Next;
            if (edge < 0)
                return;
            Edge found = _machine._edges[edge];
            _machine._tasks.AnnounceCountdown(found.Dependent);
            if (found.Next >= 0)
                CacheHint.WillNeed(ref _machine._edges[found.Next]);
        }

        private void AnnounceRow(int position)
        {
            int row = position < _ids.Length ? _machine._submissions.FindTask(_ids[position]) : -1;
            _machine._announced[position & RingMask] = row;
            if (row >= 0)
                CacheHint.WillNeed(ref _machine._tasks[row]);
        }
    }

    /// <summary>
    /// What giving the next queued tasks to workers will touch: their rows, then their edges and arguments, then the rows of
    /// their inputs.
    /// </summary>
    private void AnnounceReady()
    {
        const int RowAhead = 5;
        const int EdgeAhead = 3;
        const int InputAhead = 1;
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
    /// Runs ahead of the inputs of a chunk that are being linked: the start of an input's list of dependents, then its first edge, then
    /// the last one.
    /// </summary>
    private readonly ref struct LinkAnnouncer
    {
        private const int RowAhead = 24;
        private const int HeadAhead = 16;
        private const int TailAhead = 8;
        private const int RingMask = 31;

        private readonly SchedulerMachine _machine;
        private readonly Submission _submission;
        private readonly ReadOnlySpan<TaskId> _inputs;

        public LinkAnnouncer(SchedulerMachine machine, Submission submission, ReadOnlySpan<TaskId> inputs)
        {
            _machine = machine;
            _submission = submission;
            _inputs = inputs;
            for (int position = 0; position < RowAhead; position++)
                AnnounceRow(position);
        }

        /// <summary>The input at this position comes next.</summary>
        public void MoveTo(int position)
        {
            AnnounceRow(position + RowAhead);
            if (_machine._linked[(position + HeadAhead) & RingMask] is var next and >= 0
                && _machine._tasks.FirstDependent(next) is var first and >= 0)
                CacheHint.WillNeed(ref _machine._edges[first]);
            if (_machine._linked[(position + TailAhead) & RingMask] is var soon and >= 0
                && _machine._tasks.FirstDependent(soon) is var head and >= 0)
                CacheHint.WillNeed(ref _machine._edges[_machine._edges[head].Previous]);
        }

        private void AnnounceRow(int position)
        {
            int row = position < _inputs.Length ? _machine.ResolveInput(_submission, _inputs[position]) : -1;
            _machine._linked[position & RingMask] = row;
            if (row >= 0)
                CacheHint.WillNeed(ref _machine._tasks.FirstDependent(row));
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
            _tasks.AnnounceClaim(_edges[edge].Dependency);
    }

    /// <summary>What taking an edge out of its list will touch.</summary>
    private void AnnounceUnlink(int edge)
    {
        Edge removed = _edges[edge];
        CacheHint.WillNeed(ref _tasks.FirstDependent(removed.Dependency));
        if (removed.Next >= 0)
            CacheHint.WillNeed(ref _edges[removed.Next]);
        if (removed.Previous >= 0)
            CacheHint.WillNeed(ref _edges[removed.Previous]);
    }
}
