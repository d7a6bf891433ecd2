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

    /// <summary>What came ahead of a dispatch; null = nothing was to come.</summary>
    private InputsAhead? TakeInputsAhead(TaskId task, int attempt, int count)
    {
        if (count == 0)
            return null;
        if (_inputsAhead.Remove(task, out var ahead) && ahead.Attempt == attempt && ahead.Count == count)
            return ahead;
        throw new InvalidOperationException(
            $"The scheduler sent task {task} without all of the {count} inputs that were to come ahead of it.");
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
