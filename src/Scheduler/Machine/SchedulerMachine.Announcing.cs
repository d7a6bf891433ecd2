namespace TaskGraph.Scheduler.Machine;

/// <content>What a batch will touch, told to the processor a few tasks ahead.</content>
internal sealed partial class SchedulerMachine
{
    private readonly int[] _announced = new int[16];

    /// <summary>
    /// Runs ahead of a batch of finished tasks in three steps: the task's row, then the edges to its first dependent and
    /// its inputs, then the rows of these. Each step reads only what the one before has brought.
    /// </summary>
    private readonly ref struct Announcer
    {
        private const int RowAhead = 12;
        private const int EdgeAhead = 8;
        private const int DependentAhead = 4;
        private const int SecondAhead = 2;
        private const int RingMask = 15;
        private const int MaxInputs = 4;

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
                AnnounceEdges(_machine._tasks[next]);
            if (_machine._announced[(position + DependentAhead) & RingMask] is var soon and >= 0)
                AnnounceNeighbours(_machine._tasks[soon]);
            if (_machine._announced[(position + SecondAhead) & RingMask] is var sooner and >= 0)
                AnnounceSecond(_machine._tasks[sooner]);
        }

        private void AnnounceEdges(in TaskRow row)
        {
            // It may have been forgotten meanwhile.
            if (row.State == TaskState.Forgotten)
                return;
            if (row.FirstDependent >= 0)
                CacheHint.WillNeed(ref _machine._edges[row.FirstDependent]);
            if (row.DependencyCount > 0)
                CacheHint.WillNeed(ref _machine._edges[row.FirstDependency]);
        }

        private void AnnounceNeighbours(in TaskRow row)
        {
            if (row.State == TaskState.Forgotten)
                return;
            if (row.FirstDependent >= 0)
            {
                Edge first = _machine._edges[row.FirstDependent];
                CacheHint.WillNeed(ref _machine._tasks[first.Dependent]);
                if (first.Next >= 0)
                    CacheHint.WillNeed(ref _machine._edges[first.Next]);
            }

            for (int k = 0; k < row.DependencyCount && k < MaxInputs; k++)
                CacheHint.WillNeed(ref _machine._tasks[_machine._edges[row.FirstDependency + k].Dependency]);
        }

        /// <summary>Most tasks have one dependent or two.</summary>
        private void AnnounceSecond(in TaskRow row)
        {
            if (row.State == TaskState.Forgotten || row.FirstDependent < 0)
                return;
            if (_machine._edges[row.FirstDependent].Next is var second and >= 0)
                CacheHint.WillNeed(ref _machine._tasks[_machine._edges[second].Dependent]);
        }

        private void AnnounceRow(int position)
        {
            int row = position < _ids.Length ? _machine._submissions.FindTask(_ids[position]) : -1;
            _machine._announced[position & RingMask] = row;
            if (row >= 0)
                CacheHint.WillNeed(ref _machine._tasks[row]);
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

    /// <summary>What taking an edge out of its list will touch.</summary>
    private void AnnounceUnlink(int edge)
    {
        Edge removed = _edges[edge];
        CacheHint.WillNeed(ref _tasks[removed.Dependency]);
        if (removed.Next >= 0)
            CacheHint.WillNeed(ref _edges[removed.Next]);
        if (removed.Previous >= 0)
            CacheHint.WillNeed(ref _edges[removed.Previous]);
    }
}
