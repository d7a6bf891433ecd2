namespace TaskGraph.Scheduler.Machine;

/// <content>What a batch will touch, told to the processor a few tasks ahead.</content>
internal sealed partial class SchedulerMachine
{
    private readonly int[] _announced = new int[16];

    /// <summary>
    /// Runs ahead of a batch of finished tasks in three steps: the task's row, then the edge to its first dependent,
    /// then that dependent's row. Each step reads only what the one before has brought.
    /// </summary>
    private readonly ref struct Announcer
    {
        private const int RowAhead = 12;
        private const int EdgeAhead = 8;
        private const int DependentAhead = 4;
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
            if (EdgeOf(position + EdgeAhead) is var edge and >= 0)
                CacheHint.WillNeed(ref _machine._edges[edge]);
            if (EdgeOf(position + DependentAhead) is var first and >= 0)
                CacheHint.WillNeed(ref _machine._tasks[_machine._edges[first].Dependent]);
        }

        private void AnnounceRow(int position)
        {
            int row = position < _ids.Length ? _machine._submissions.FindTask(_ids[position]) : -1;
            _machine._announced[position & RingMask] = row;
            if (row >= 0)
                CacheHint.WillNeed(ref _machine._tasks[row]);
        }

        /// <summary>The first edge to a dependent; −1 = none, or the task was forgotten meanwhile.</summary>
        private int EdgeOf(int position)
        {
            int row = _machine._announced[position & RingMask];
            return row < 0 || _machine._tasks[row].State == TaskState.Forgotten
                ? -1
                : _machine._tasks[row].FirstDependent;
        }
    }
}
