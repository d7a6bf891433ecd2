namespace TaskGraph;

/// <summary>What <see cref="Client.WaitAsync"/> waits for.</summary>
public enum WaitFor
{
    /// <summary>Until all have ended.</summary>
    All,

    /// <summary>Until one has ended.</summary>
    First,
}

/// <summary>Which futures had ended when the wait did.</summary>
/// <param name="Done">Those that had, well or not.</param>
/// <param name="NotDone">Those that had not.</param>
public sealed record WaitResult<T>(IReadOnlyList<Future<T>> Done, IReadOnlyList<Future<T>> NotDone);
