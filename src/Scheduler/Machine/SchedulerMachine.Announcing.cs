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
                CacheHint.WillNeed(ref _machine._tasks[_machine._edges[row.FirstDependent].Dependent]);
            for (int k = 0; k < row.DependencyCount && k < MaxInputs; k++)
                CacheHint.WillNeed(ref _machine._tasks[_machine._edges[row.FirstDependency + k].Dependency]);
        }

        private void AnnounceRow(int position)
        {
            int row = position < _ids.Length ? _machine._submissions.FindTask(_ids[position]) : -1;
            _machine._announced[position & RingMask] = row;
            if (row >= 0)
                CacheHint.WillNeed(ref _machine._tasks[row]);
        }
    }
}
