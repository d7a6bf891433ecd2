using TaskGraph.Messages;
using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>Tasks come in: from ComputeTasks to Ready.</summary>
internal sealed partial class WorkerMachine
{
    /// <summary>Run these tasks.</summary>
    public void Handle(ComputeTasks message, long nowUs)
    {
        _nowUs = nowUs;

        // One copy for the whole batch: the message may be reused, and its parts die together with the last of them.
        var arguments = message.Arguments.Bytes.ToArray();
        var names = message.KeyNames.Bytes.IsEmpty ? null : message.KeyNames.Bytes.ToArray();
        for (var i = 0; i < message.Tasks.Count; i++)
        {
            var row = FindOrAdd(message.Tasks[i]);
            ref var task = ref _tasks[row];
            var ahead = TakeInputsAhead(task.Id, message.Attempts[i], InputsBefore(message, i));
            if (message.Attempts[i] < task.Attempt)
                continue;
            if (TakeSpec(row, message, i, arguments, names, ahead))
                Compute(row);
        }
    }

    /// <summary>The code of a function is here.</summary>
    public void FunctionLoaded(Hash128 id, long nowUs)
    {
        _nowUs = nowUs;
        var function = _functions[_functions.FindOrAdd(id, out _)];
        if (function.State == FunctionState.Loaded)
            return;
        function.State = FunctionState.Loaded;
        foreach (var (row, serial) in function.Waiting)
        {
            if (_tasks[row].Serial == serial && _tasks[row].State == Waiting && --_tasks[row].WaitingFor == 0)
                BecomeReady(row);
        }

        function.Waiting.Clear();
    }

    /// <summary>The code of a function cannot be had: tasks that call it fail with <paramref name="error"/>.</summary>
    public void FunctionFailed(Hash128 id, TaskError error, long nowUs)
    {
        _nowUs = nowUs;
        var function = _functions[_functions.FindOrAdd(id, out _)];
        function.State = FunctionState.Failed;
        function.Error = error;
        foreach (var (row, serial) in function.Waiting)
        {
            if (_tasks[row].Serial == serial && _tasks[row].State == Waiting)
                Fail(row, error);
        }

        function.Waiting.Clear();
    }

    /// <summary>Whether the value is here.</summary>
    public bool Holds(TaskId id) => _tasks.Find(id) is >= 0 and var row && _tasks[row].State == Memory;

    /// <summary>
    /// A client puts a value here, or the scheduler brings it. False = it is here already or on its way, and the new one is not
    /// needed: <see cref="Holds"/> tells which.
    /// </summary>
    public bool Put(TaskId id, long bytes, long nowUs)
    {
        _nowUs = nowUs;
        var row = FindOrAdd(id);
        ref var task = ref _tasks[row];
        var isDispatched = task.HasSpec;
        switch (task.State)
        {
            case Released or Fetch or Missing:
                break;
            case Waiting or Ready:
                ReleaseInputs(row);
                task.HasSpec = false;
                task.ArgumentBlob = null;
                task.NameBlob = null;
                break;
            default:
                return false;
        }

        Enter(row, Memory, bytes);

        // A copy that was ordered before the task was dispatched here: the value answers the dispatch.
#if PLANTED
        if (!Diagnostics.PlantedBug.Is(28))
#endif
        if (isDispatched)
            ReportFinished(row, durationUs: 0, inline: null);
        return true;
    }

    /// <summary>
    /// Notes what the row is to run. False = the task is here already in a form that answers the dispatch.
    /// </summary>
    private bool TakeSpec(
        int row, ComputeTasks message, int i, byte[] arguments, byte[]? names, InputsAhead? ahead)
    {
        ref var task = ref _tasks[row];
        var isRepeat = message.Attempts[i] == task.Attempt;
        task.Attempt = message.Attempts[i];
        task.Flags = (ComputeFlags)message.Flags[i];
        task.RetractAsked = false;
        if (task.State == Memory)
        {
            task.FreeWhenUnused = false;
            ReportFinished(row, durationUs: 0, inline: null);
            return false;
        }

        if (task.HasSpec || (isRepeat && task.State is Cancelled or Error))
            return false;
        if (ahead is null && InputsBefore(message, i) is > 0 and var missing)
        {
            FailWithoutInputs(row, missing);
            return false;
        }

        task.HasSpec = true;
        task.Priority = message.Priorities[i];
        task.Function = _functions.FindOrAdd(message.Functions[message.FunctionIndex[i]], out var isNew);
        if (isNew)
            Outbox.Instructions.Add(new Instruction(InstructionKind.RequestFunction, task.Function, row, task.Id));
        task.TimeoutMs = message.TimeoutMs[i];
        task.ArgumentBlob = arguments;
        task.ArgumentStart = message.Arguments.Start(i);
        task.ArgumentLength = message.Arguments.Ends[i] - task.ArgumentStart;
        task.NameBlob = names;
        task.NameStart = message.KeyNames.Start(i);
        task.NameLength = message.KeyNames.Ends[i] - task.NameStart;
        LinkInputs(row, message, i, ahead);
        return true;
    }

    private static int InputsBefore(ComputeTasks message, int i) => message.InputsBefore.Count > 0 ? message.InputsBefore[i] : 0;

    private void LinkInputs(int row, ComputeTasks message, int i, InputsAhead? ahead)
    {
        var last = ahead is null ? -1 : LinkInputsAhead(row, ahead);
        for (var d = i == 0 ? 0 : message.DependencyEnds[i - 1]; d < message.DependencyEnds[i]; d++)
        {
            var first = d == 0 ? 0 : message.HolderEnds[d - 1];
            var holders = message.Holders.Span[first..message.HolderEnds[d]];
            last = LinkInput(row, last, message.Dependencies[d], message.DependencyBytes[d], holders);
        }
    }

    /// <summary>Links one input, behind edge <paramref name="last"/>; returns its edge.</summary>
    private int LinkInput(int row, int last, TaskId id, long bytes, ReadOnlySpan<int> holders)
    {
        var input = FindOrAdd(id);
        var edge = Link(row, input, last);
        _tasks[input].Priority = Math.Min(_tasks[input].Priority, _tasks[row].Priority);
        NeedInput(input, bytes, holders);
        return edge;
    }

    /// <summary>Brings a task with a fresh spec on its way.</summary>
    private void Compute(int row)
    {
        ref var task = ref _tasks[row];
        switch (task.State)
        {
            case Released or Fetch or Missing:
                Move(row, Waiting);
                AwaitInputs(row);
                break;
            case Flight:
                task.Previous = Flight;
                task.Next = Waiting;
                Move(row, Resumed);
                break;
            case Cancelled:
                task.Next = Waiting;
                Move(row, Resumed);
                break;
            case Resumed:
                task.Next = Waiting;
                break;
            default:
                throw new InvalidTransitionException(task.Id, task.State, Waiting, Story(task.Id));
        }
    }

    /// <summary>Counts what a task in Waiting still lacks.</summary>
    private void AwaitInputs(int row)
    {
        ref var task = ref _tasks[row];
        var function = _functions[task.Function];
        if (function.State == FunctionState.Failed)
        {
            Fail(row, function.Error!);
            return;
        }

        task.WaitingFor = 0;
        for (var edge = task.FirstInput; edge >= 0; edge = _edges[edge].NextInput)
        {
            if (_tasks[_edges[edge].Input].State != Memory)
                task.WaitingFor++;
        }

        if (function.State == FunctionState.Requested)
        {
            function.Waiting.Add((row, task.Serial));
            task.WaitingFor++;
        }

        if (task.WaitingFor == 0)
            BecomeReady(row);
    }

    private void BecomeReady(int row)
    {
        Move(row, Ready);
        _ready.Push(_tasks[row].Priority, row, _tasks[row].Serial);
    }

    /// <summary>A value is here: keeps count, and wakes those that waited for it.</summary>
    private void Enter(int row, WorkerTaskState memory, long bytes)
    {
        Move(row, memory);
        ref var task = ref _tasks[row];
        task.Bytes = bytes;
        task.HolderCount = 0;
        StoredBytes += bytes;
        EnterResidence(row);
        for (var edge = task.FirstDependent; edge >= 0; edge = _edges[edge].NextDependent)
        {
            var dependent = _edges[edge].Task;
            if (_tasks[dependent].State == Waiting && --_tasks[dependent].WaitingFor == 0)
                BecomeReady(dependent);
        }
    }
}
