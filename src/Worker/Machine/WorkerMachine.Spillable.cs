namespace TaskGraph.Worker.Machine;

/// <summary>
/// The list of values that may be spilled, least recently used first: in memory, not pinned, not too small.
/// </summary>
internal sealed partial class WorkerMachine
{
    private int _oldest = -1;
    private int _newest = -1;

    private void AppendNewest(int row)
    {
        ref var value = ref _tasks[row];
        if (!_spills || value.StaysInMemory)
            return;
        value.IsSpillable = true;
        value.Older = _newest;
        value.Newer = -1;
        if (_newest >= 0)
            _tasks[_newest].Newer = row;
        else
            _oldest = row;
        _newest = row;
    }

    private void AppendOldest(int row)
    {
        ref var value = ref _tasks[row];
        value.IsSpillable = true;
        value.Older = -1;
        value.Newer = _oldest;
        if (_oldest >= 0)
            _tasks[_oldest].Older = row;
        else
            _newest = row;
        _oldest = row;
    }

    private void Delist(int row)
    {
        ref var value = ref _tasks[row];
        if (!value.IsSpillable)
            return;
        value.IsSpillable = false;
        if (value.Older >= 0)
            _tasks[value.Older].Newer = value.Newer;
        else
            _oldest = value.Newer;
        if (value.Newer >= 0)
            _tasks[value.Newer].Older = value.Older;
        else
            _newest = value.Older;
    }
}
