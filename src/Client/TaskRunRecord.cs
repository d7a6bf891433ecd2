namespace TaskGraph;

/// <summary>One run of a task that has ended.</summary>
/// <param name="Key">The task's key.</param>
/// <param name="Function">The short name of its function.</param>
/// <param name="Worker">The name of the worker that ran it.</param>
/// <param name="Started">When it began, by this machine's clock (UTC); of a failed run: when it ended.</param>
/// <param name="Stopped">When the scheduler heard of its end.</param>
/// <param name="Bytes">The bytes of its value.</param>
/// <param name="HasFailed">Whether it threw, or did not end in time.</param>
public sealed record TaskRunRecord(
    string Key, string Function, string Worker, DateTime Started, DateTime Stopped, long Bytes, bool HasFailed)
{
    /// <summary>How long the function ran; zero for a failed run, of which that is not told.</summary>
    public TimeSpan Duration => Stopped - Started;
}
