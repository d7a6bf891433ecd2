namespace TaskGraph.Simulation;

/// <summary>What happened in a run, for the report of a failure.</summary>
internal sealed class Trace(VirtualTime time)
{
    private readonly List<string> _lines = [];

    public int Count => _lines.Count;

    public void Add(string line) => _lines.Add($"  {time.NowUs,8} µs  {line}");

    public string Last(int count) => string.Join('\n', _lines.TakeLast(count));

    /// <summary>A message in one line.</summary>
    public static string Of(Message message) => message switch
    {
        ComputeTasks m => $"ComputeTasks {List(m.Tasks, m.Attempts)}",
        ComputeInputs => "ComputeInputs",
        FreeTasks { Number: > 0 } m => $"FreeTasks {m.Number}: {List(m.Tasks, m.Attempts)}",
        FreeTasks m => $"FreeTasks {List(m.Tasks, m.Attempts)}",
        RetractTasks m => $"RetractTasks {List(m.Tasks, m.Attempts)}",
        AbortTasks m => $"AbortTasks {List(m.Tasks, m.Attempts)}",
        AcquireReplicas m => $"AcquireReplicas {List(m.Tasks, m.Holders)}",
        HoldersRefreshed m => $"HoldersRefreshed {List(m.Tasks)} at [{string.Join(' ', m.Holders.Span.ToArray())}]",
        TasksFinished m => $"TasksFinished {List(m.Tasks, m.Attempts)}",
        TasksFailed m => $"TasksFailed {List(m.Tasks, m.Attempts)}",
        TasksRetracted m => $"TasksRetracted {List(m.Tasks, m.Attempts)} [{string.Join(' ', m.Accepted.Span.ToArray())}]",
        TasksSeceded m => $"TasksSeceded {List(m.Tasks, m.Attempts)}",
        ReplicasAdded m => $"ReplicasAdded {List(m.Tasks)} after free {m.LastFree}",
        ReplicasRemoved m => $"ReplicasRemoved {List(m.Tasks)}",
        ReplicasNotAcquired m => $"ReplicasNotAcquired {List(m.Tasks)}",
        DataMissing m => $"DataMissing {List(m.Tasks, m.Holders)} gone [{string.Join(' ', m.Gone.Span.ToArray())}]",
        SubmitTasks m => $"SubmitTasks {m.Submission:x} × {m.Count}",
        RegisterData m => $"RegisterData {m.Submission:x} × {m.Workers.Count}",
        SubmissionReply m => $"SubmissionReply {m.Submission:x} {m.Error}",
        ReleaseTasks m => $"ReleaseTasks {List(m.Tasks)}",
        CancelTasks m => $"CancelTasks {List(m.Tasks)}",
        RetryTasks m => $"RetryTasks {List(m.Tasks)}",
        ReplicateTasks m => $"ReplicateTasks {List(m.Tasks)} × {m.Copies}",
        RetireWorkers m => $"RetireWorkers {string.Join(' ', m.Workers)}",
        OperationReply m => $"OperationReply {m.RequestId} {m.Error}{m.Summary}",
        CoordinationCall m => $"CoordinationCall {m.RequestId} {m.Operation} {m.Target} {m.Name} {Convert.ToHexString(m.Value)}",
        CoordinationReply m => $"CoordinationReply {m.RequestId} {m.Outcome} {m.Token} {m.Error} {Values(m)}",
        TasksInMemory m => $"TasksInMemory {List(m.Tasks)}",
        TasksErred m => $"TasksErred {List(m.Tasks)}",
        TasksRetried m => $"TasksRetried {List(m.Tasks)}",
        TasksHeld m => $"TasksHeld {List(m.Tasks)}",
        TasksLost m => $"TasksLost {List(m.Tasks)}",
        TasksCancelled m => $"TasksCancelled {List(m.Tasks)}",
        WorkersLeft m => $"WorkersLeft [{string.Join(' ', m.Numbers.Span.ToArray())}]",
        WorkersJoined m => $"WorkersJoined [{string.Join(' ', m.Numbers.Span.ToArray())}]",
        _ => message.Kind.ToString(),
    };

    private static string Values(CoordinationReply reply) =>
        string.Join(' ', Enumerable.Range(0, reply.Count).Select(i => Convert.ToHexString(reply.Values[i])));

    private static string List(MessageColumn<TaskId> tasks) => string.Join(' ', tasks.Span.ToArray());

    private static string List(MessageColumn<TaskId> tasks, MessageColumn<int> numbers) =>
        string.Join(' ', tasks.Span.ToArray().Zip(numbers.Span.ToArray(), (task, number) => $"{task}#{number}"));
}
