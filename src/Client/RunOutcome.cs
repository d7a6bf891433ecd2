using System.Diagnostics.CodeAnalysis;

namespace TaskGraph;

/// <summary>What to do where a function that runs on several workers fails on one.</summary>
public enum RunFailure
{
    /// <summary>Throw its error.</summary>
    Raise,

    /// <summary>Leave that worker out of the answer.</summary>
    Ignore,
}

/// <summary>How a function ended on one worker.</summary>
/// <param name="WorkerAddress">The worker's address.</param>
/// <param name="WorkerName">The worker's name.</param>
/// <param name="Value">What the function returned; default where it failed.</param>
/// <param name="Error">Why it failed; null = it did not.</param>
public sealed record RunOutcome<R>(string WorkerAddress, string WorkerName, R? Value, TaskFailedException? Error)
{
    /// <summary>Whether it ran to its end.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Error is null;
}
