namespace Machines.Tests.Simulation;

/// <summary>The last events of a run, for the report of a failure.</summary>
internal sealed class Trace
{
    private const int Capacity = 40;

    private readonly Queue<string> _lines = new();

    public void Add(long nowUs, string line)
    {
        if (_lines.Count == Capacity)
            _lines.Dequeue();
        _lines.Enqueue($"  {nowUs,8} µs  {line}");
    }

    public override string ToString() => string.Join('\n', _lines);

    /// <summary>A message in one line.</summary>
    public static string Of(Message message) => message switch
    {
        ComputeTasks m => $"ComputeTasks {List(m.Tasks, m.Attempts)}",
        FreeTasks m => $"FreeTasks {List(m.Tasks, m.Attempts)}",
        RetractTasks m => $"RetractTasks {List(m.Tasks, m.Attempts)}",
        AbortTasks m => $"AbortTasks {List(m.Tasks, m.Attempts)}",
        HoldersRefreshed m => $"HoldersRefreshed {List(m.Tasks)} at [{string.Join(' ', m.Holders.Span.ToArray())}]",
        TasksFinished m => $"TasksFinished {List(m.Tasks, m.Attempts)}",
        TasksFailed m => $"TasksFailed {List(m.Tasks, m.Attempts)}",
        TasksRetracted m => $"TasksRetracted {List(m.Tasks, m.Attempts)} [{string.Join(' ', m.Accepted.Span.ToArray())}]",
        TasksSeceded m => $"TasksSeceded {List(m.Tasks, m.Attempts)}",
        ReplicasAdded m => $"ReplicasAdded {List(m.Tasks)}",
        DataMissing m => $"DataMissing {List(m.Tasks, m.Holders)} gone [{string.Join(' ', m.Gone.Span.ToArray())}]",
        SubmitTasks m => $"SubmitTasks {m.Submission:x} × {m.Count}",
        ReleaseTasks m => $"ReleaseTasks {List(m.Tasks)}",
        CancelTasks m => $"CancelTasks {List(m.Tasks)}",
        TasksInMemory m => $"TasksInMemory {List(m.Tasks)}",
        TasksErred m => $"TasksErred {List(m.Tasks)}",
        TasksHeld m => $"TasksHeld {List(m.Tasks)}",
        TasksLost m => $"TasksLost {List(m.Tasks)}",
        TasksCancelled m => $"TasksCancelled {List(m.Tasks)}",
        WorkersLeft m => $"WorkersLeft [{string.Join(' ', m.Numbers.Span.ToArray())}]",
        _ => message.Kind.ToString(),
    };

    private static string List(MessageColumn<TaskId> tasks) => string.Join(' ', tasks.Span.ToArray());

    private static string List(MessageColumn<TaskId> tasks, MessageColumn<int> numbers) =>
        string.Join(' ', tasks.Span.ToArray().Zip(numbers.Span.ToArray(), (task, number) => $"{task}#{number}"));
}
