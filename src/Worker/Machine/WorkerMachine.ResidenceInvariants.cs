using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>What must hold of memory and disk, recounted from the rows.</summary>
internal sealed partial class WorkerMachine
{
    private void AssertResidence()
    {
        long inMemory = 0, storing = 0, pinned = 0;
        int onDisk = 0, loadingTasks = 0, spillable = 0;
        for (var row = 0; row < _tasks.RowLimit; row++)
        {
            ref var task = ref _tasks[row];
            if (task.State == Forgotten)
                continue;
            AssertStaging(row);
            loadingTasks += task.LoadingFor > 0 ? 1 : 0;
            pinned += task.PinCount > 0 ? task.Bytes : 0;
            if (task.State != Memory)
            {
                Require(row, task.PinCount == 0 && !task.IsSpillable, "has no value and is pinned or spillable");
                continue;
            }

            inMemory += task.Residence == Residence.OnDisk ? 0 : task.Bytes;
            storing += task.Residence == Residence.Storing ? task.Bytes : 0;
            onDisk += task.Residence == Residence.OnDisk ? 1 : 0;
            spillable += task.IsSpillable ? 1 : 0;
            Require(row, task.IsSpillable == IsToBeSpillable(in task), "is in the list of spillable values wrongly");
            Require(row, task.PinCount == 0 || task.Residence != Residence.OnDisk, "is pinned and on disk");
            Require(row, task.Residence is not (Residence.OnDisk or Residence.Loading) || task.HasFile, "has no file");
        }

        Require(inMemory == InMemoryBytes && storing == StoringBytes, "bytes in memory are wrong");
        Require(pinned == PinnedBytes, "pinned bytes are wrong");
        Require(onDisk == OnDiskCount && loadingTasks == LoadingTaskCount, "counts of loading are wrong");
        AssertSpillableList(spillable);
    }

    private bool IsToBeSpillable(in WorkerTask value) =>
        _spills && value.Residence == Residence.InMemory && value.PinCount == 0 && !value.StaysInMemory;

    private void AssertStaging(int row)
    {
        ref var task = ref _tasks[row];
        var isRunning = task.State is Executing or LongRunning;
        Require(row, task.IsStaged || !isRunning || !_spills, "runs without pinning its inputs");
        Require(row, !task.IsStaged || isRunning || task.State == Ready, "pins inputs and does not run");
        Require(row, task.LoadingFor == 0 || (task.IsStaged && task.State == Ready), "waits for disk and is not staged");
        var loading = 0;
        for (var edge = task.FirstInput; task.IsStaged && edge >= 0; edge = _edges[edge].NextInput)
            loading += _tasks[_edges[edge].Input].Residence == Residence.Loading ? 1 : 0;
        Require(row, loading == task.LoadingFor, "its count of inputs being loaded is wrong");
        var pins = 0;
        for (var edge = task.FirstDependent; edge >= 0; edge = _edges[edge].NextDependent)
            pins += _tasks[_edges[edge].Task].IsStaged ? 1 : 0;
        Require(row, pins == task.PinCount, "its count of pins is wrong");
    }

    private void AssertSpillableList(int expected)
    {
        var count = 0;
        var older = -1;
        for (var row = _oldest; row >= 0; row = _tasks[row].Newer)
        {
            count++;
            Require(row, _tasks[row].IsSpillable && _tasks[row].Older == older, "is linked wrongly");
            older = row;
        }

        Require(count == expected && older == _newest, "the list of spillable values is broken");
    }
}
