namespace TaskGraph;

/// <summary>
/// What names a task on the wire: the submission it came with and its place in it. Durable: it means the same
/// after a reconnect and in a restarted scheduler, whose own table rows never leave it.
/// </summary>
/// <param name="Submission">A 64-bit number that the submitting client draws: its own random id and a counter.</param>
/// <param name="Index">The task's 0-based place in the submission.</param>
public readonly record struct TaskId(ulong Submission, int Index)
{
    /// <summary>The submission in hexadecimal, a dash, and the index.</summary>
    public override string ToString() => $"{Submission:x}-{Index}";
}
