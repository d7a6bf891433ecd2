using TaskGraph.Messages;

namespace TaskGraph.Worker.Machine;

/// <summary>
/// Tasks with more inputs than a message may name: the first ones come ahead, and are kept until the task comes.
/// </summary>
internal sealed partial class WorkerMachine
{
    private readonly Dictionary<TaskId, InputsAhead> _inputsAhead = [];

    /// <summary>Inputs of a task that will come.</summary>
    public void Handle(ComputeInputs message, long nowUs)
    {
        _nowUs = nowUs;
        if (message.FirstInput == 0)
            _inputsAhead[message.Task] = new InputsAhead { Attempt = message.Attempt };
        if (_inputsAhead.TryGetValue(message.Task, out var ahead)
            && ahead.Attempt == message.Attempt && ahead.Count == message.FirstInput)
        {
            ahead.Add(message);
        }
    }

    /// <summary>What came ahead of a dispatch; null = nothing was to come, or not all of it has.</summary>
    private InputsAhead? TakeInputsAhead(TaskId task, int attempt, int count) =>
        count > 0 && _inputsAhead.Remove(task, out var ahead) && ahead.Attempt == attempt && ahead.Count == count ? ahead : null;

    /// <summary>
    /// A dispatch came without all of its inputs: it is said for the second time, and the task has ended and is forgotten. Then
    /// nobody listens to its failure; if it is the first time, that is better than a task that never ends.
    /// </summary>
    private void FailWithoutInputs(int row, int count)
    {
        ref var task = ref _tasks[row];
        var batch = Outbox.Failed;
        batch.Tasks.Add(task.Id);
        batch.Attempts.Add(task.Attempt);
        batch.Errors.Add(new TaskError(
            TaskErrorKind.ArgumentsNotDecoded,
            typeof(InvalidOperationException).FullName!,
            $"the task came to the worker without all of the {count} inputs that were to come ahead of it",
            RemoteStack: "",
            task.Id.ToString(),
            Worker: ""));
        if (task is { State: WorkerTaskState.Released, DependentCount: 0 })
            Forget(row);
    }

    /// <summary>Links the inputs that came ahead; returns the last edge.</summary>
    private int LinkInputsAhead(int row, InputsAhead ahead)
    {
        var last = -1;
        foreach (var (ids, bytes, ends, holders) in ahead.Parts)
        {
            for (var i = 0; i < ids.Length; i++)
                last = LinkInput(row, last, ids[i], bytes[i], holders.AsSpan((i == 0 ? 0 : ends[i - 1])..ends[i]));
        }

        return last;
    }

    /// <summary>The inputs of one dispatch that have come so far: copies, as messages may be reused.</summary>
    private sealed class InputsAhead
    {
        public int Attempt { get; init; }

        public int Count { get; private set; }

        public List<(TaskId[] Ids, long[] Bytes, int[] HolderEnds, int[] Holders)> Parts { get; } = [];

        public void Add(ComputeInputs message)
        {
            Count += message.Dependencies.Count;
            Parts.Add((
                message.Dependencies.Span.ToArray(),
                message.DependencyBytes.Span.ToArray(),
                message.HolderEnds.Span.ToArray(),
                message.Holders.Span.ToArray()));
        }
    }
}
