namespace TaskGraph.Transport;

/// <summary>
/// What waits in system calls runs on a thread of its own: threads of the pool are few, and others wait for them.
/// </summary>
public static class OwnThread
{
    /// <summary>Runs <paramref name="waiting"/> on a new thread, which ends with it.</summary>
    /// <param name="waiting">What to run.</param>
    public static Task<T> Run<T>(Func<T> waiting) => Task.Factory.StartNew(
        waiting, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>As <see cref="Run{T}(Func{T})"/>; where <paramref name="waiting"/> really awaits, the thread ends before.</summary>
    /// <param name="waiting">What to run.</param>
    public static Task<T> Run<T>(Func<Task<T>> waiting) => Run<Task<T>>(waiting).Unwrap();
}
