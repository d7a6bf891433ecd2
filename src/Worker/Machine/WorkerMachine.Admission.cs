using TaskGraph.Messages;
using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>
/// Whether memory allows for one more task: for its inputs, and for a result as large as those before it. A producer
/// that is faster than the disk is held back by it. One task is always let through, so that none waits for ever.
/// </summary>
internal sealed partial class WorkerMachine
{
    private long _resultBytes = options.TargetBytes / 2;
    private bool _isTooDeep;
    private int _needyRow = -1;
    private int _needySerial;

    /// <summary>What the next result is expected to take: large ones are remembered for a while.</summary>
    public long ExpectedResultBytes => _resultBytes;

    private bool IsAdmitted(int row)
    {
        if (!_spills)
            return true;
        var under = OccupiedCount + LoadingTaskCount;
        if (IsNeedy(row))
            return under == 0 && StoringCount == 0;
        if (_tasks[row].IsStaged)
            return true;
        if (InMemoryBytes > Options.TargetBytes && StoringCount > 0)
            return false;
        return under == 0 || (HasRoomForResults(under + 1) && HasRoomForInputs(row, under));
    }

    // Between the target and the runtime's limit there is two fifths of the target; half of it is for results.
    private bool HasRoomForResults(int count) =>
        InMemoryBytes + (count * _resultBytes) <= Options.TargetBytes + (Options.TargetBytes / 5);

    private bool HasRoomForInputs(int row, int under)
    {
        var most = under < Options.Threads ? Options.TargetBytes : Options.TargetBytes / 2;
        var bytes = PinnedBytes;
        for (var edge = _tasks[row].FirstInput; edge >= 0; edge = _edges[edge].NextInput)
        {
            ref var input = ref _tasks[_edges[edge].Input];
            bytes += input.PinCount == 0 ? input.Bytes : 0;
        }

        return bytes <= most;
    }

    /// <summary>Learns from a result; tasks handed out in the belief that theirs are small are taken back.</summary>
    private void NoteResult(long bytes)
    {
        if (!_spills)
            return;
        _isTooDeep |= bytes > 2 * _resultBytes && OccupiedCount > Options.Threads;
        _resultBytes = Math.Max(bytes, _resultBytes - ((_resultBytes - bytes) / 8));
    }

    private void KeepShallow()
    {
        if (!_isTooDeep)
            return;
        _isTooDeep = false;
        if (!HasRoomForResults(OccupiedCount))
            TakeBackUnstarted();
    }

    /// <summary>
    /// A run that found no memory may be innocent: values that could be on disk were in its way. It runs once more,
    /// alone, when they are. False = that would not help, or has not.
    /// </summary>
    private bool RunsOnceMoreAlone(int row, TaskError error)
    {
        ref var task = ref _tasks[row];
        if (!_spills || error.Kind != TaskErrorKind.OutOfMemory || task.State != Executing || IsNeedy(row)
            || NeedyRow() >= 0 || IsDiskFull || InMemoryBytes - PinnedBytes < Options.TargetBytes / 4)
            return false;
        LeaveExecutor(ref task, Executing);
        Unstage(row);
        BecomeReady(row);
        _needyRow = row;
        _needySerial = task.Serial;
        return true;
    }

    private bool IsNeedy(int row) => row == _needyRow && _tasks[row].Serial == _needySerial;

    /// <summary>The task for which memory is being cleared, −1 = none.</summary>
    private int NeedyRow()
    {
        if (_needyRow >= 0 && (!IsNeedy(_needyRow) || _tasks[_needyRow].State is not (Ready or Executing)))
            _needyRow = -1;
        return _needyRow;
    }
}
