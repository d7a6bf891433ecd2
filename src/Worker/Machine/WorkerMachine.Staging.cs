using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>
/// Between Ready and the executor: a task is staged when its turn comes. Its inputs are pinned then, those on disk are
/// loaded, and it is handed out when all are in memory. How much may be pinned is bounded, so that tasks that are to
/// run later do not fill the memory with their inputs.
/// </summary>
internal sealed partial class WorkerMachine
{
    /// <summary>Staged tasks that wait for inputs from disk.</summary>
    public int LoadingTaskCount { get; private set; }

    /// <summary>Whether the worker is short of memory: nothing new is started or fetched.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Starts or ends a pause: what has not started is taken back and lets go of its inputs.</summary>
    public void Pause(bool isPaused, long nowUs)
    {
        _nowUs = nowUs;
        if (IsPaused == isPaused)
            return;
        IsPaused = isPaused;
        if (isPaused)
            TakeBackUnstarted();
    }

    private void TakeBackUnstarted()
    {
        for (var row = 0; row < _tasks.RowLimit; row++)
        {
            ref var task = ref _tasks[row];
            if (task.State == Executing)
                Outbox.Instructions.Add(new Instruction(InstructionKind.TakeBack, 0, row, task.Id));
            else if (task.State == Ready && task.IsStaged)
                GoBack(row);
        }
    }

    private void GoBack(int row)
    {
        Unstage(row);
        _ready.Push(_tasks[row].Priority, row, _tasks[row].Serial);
    }

    /// <summary>Pins the inputs. False = some have to be loaded; the task comes back to the queue when they are.</summary>
    private bool Stage(int row)
    {
        ref var task = ref _tasks[row];
        if (!_spills || task.IsStaged)
            return true;
        task.IsStaged = true;
        task.LoadingFor = 0;
        for (var edge = task.FirstInput; edge >= 0; edge = _edges[edge].NextInput)
        {
            var input = _edges[edge].Input;
            Pin(input);
            if (_tasks[input].Residence == Residence.Loading)
                task.LoadingFor++;
        }

        if (task.LoadingFor == 0)
            return true;
        LoadingTaskCount++;
        return false;
    }

    private void InputLoaded(int row)
    {
        ref var task = ref _tasks[row];
        if (task.State != Ready || !task.IsStaged || --task.LoadingFor > 0)
            return;
        LoadingTaskCount--;
        _ready.Push(task.Priority, row, task.Serial);
    }

    /// <summary>The task no longer uses its inputs, or goes back behind the queue.</summary>
    private void Unstage(int row)
    {
        ref var task = ref _tasks[row];
        if (!task.IsStaged)
            return;
        task.IsStaged = false;
        if (task.LoadingFor > 0)
            LoadingTaskCount--;
        task.LoadingFor = 0;
        for (var edge = task.FirstInput; edge >= 0; edge = _edges[edge].NextInput)
            Unpin(_edges[edge].Input);
    }

    private void Pin(int row)
    {
        ref var value = ref _tasks[row];
        if (value.PinCount++ > 0)
            return;
        PinnedBytes += value.Bytes;
        Delist(row);
        if (value.Residence == Residence.OnDisk)
            Load(row);
    }

    private void Unpin(int row)
    {
        ref var value = ref _tasks[row];
        if (--value.PinCount > 0)
            return;
        PinnedBytes -= value.Bytes;
        if (value.Residence == Residence.InMemory)
            AppendNewest(row);
    }
}
