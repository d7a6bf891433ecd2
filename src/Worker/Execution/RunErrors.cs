using TaskGraph.Messages;

namespace TaskGraph.Worker.Execution;

/// <summary>Turns whatever user code throws into text. Nothing that the exception's own code does can hurt.</summary>
internal static class RunErrors
{
    /// <summary>The error of a run that threw <paramref name="thrown"/>.</summary>
    public static TaskError Of(TaskRun run, Exception thrown)
    {
        var kind = KindOf(thrown);
        BrokenRuntime.Note(thrown);
        var peak = "";
        if (kind == TaskErrorKind.OutOfMemory)
        {
            // Before anything is collected: what is in use now is what the task made of it.
            var (used, most) = (GC.GetTotalMemory(false), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
            Ballast.Release();
            peak = $" Managed memory was at its peak with {new ByteSize(used)} of at most {new ByteSize(most)}.";
        }

        return new TaskError(
            kind,
            NameOf(thrown.GetType()),
            Cut(run, Safely(() => thrown.Message, "(the exception's Message threw an exception itself)") + peak),
            Cut(run, Safely(() => StackOf(thrown, run.MaxErrorLength), "")),
            run.Key,
            WorkerOf(run));
    }

    /// <summary>The error of a run whose time is up.</summary>
    public static TaskError Timeout(TaskRun run) => new(
        TaskErrorKind.Timeout,
        typeof(TimeoutException).FullName!,
        $"The run took longer than the task's time limit of {run.TimeoutMs} ms.",
        "",
        run.Key,
        WorkerOf(run));

    /// <summary>The error of a run that was cancelled before it started; it is never reported.</summary>
    public static TaskError Cancelled { get; } = new(
        TaskErrorKind.Exception,
        typeof(OperationCanceledException).FullName!,
        "Cancelled before it started.",
        "",
        "-",
        "");

    /// <summary>The error of a result that cannot travel.</summary>
    public static TaskError ResultNotSerializable(TaskRun run, Exception thrown) => new(
        TaskErrorKind.ResultNotSerializable,
        NameOf(thrown.GetType()),
        Cut(run, "The result cannot travel. " + Safely(() => thrown.Message, "")),
        "",
        run.Key,
        WorkerOf(run));

    /// <summary>The error of a result that fits into no memory here.</summary>
    public static TaskError ResultTooLarge(TaskRun run, ResultTooLargeException thrown) => new(
        TaskErrorKind.ResultTooLarge,
        NameOf(thrown.GetType()),
        thrown.Message,
        "",
        run.Key,
        WorkerOf(run));

    private static string WorkerOf(TaskRun run) => $"{run.WorkerName} {run.WorkerAddress}";

    private static TaskErrorKind KindOf(Exception thrown) => thrown switch
    {
        OutOfMemoryException => TaskErrorKind.OutOfMemory,
        TypeInitializationException { InnerException: OutOfMemoryException } => TaskErrorKind.OutOfMemory,
        AggregateException { InnerException: OutOfMemoryException } => TaskErrorKind.OutOfMemory,
        RescheduleException => TaskErrorKind.Rescheduled,
        ArgumentsNotDecodedException or MessagePackException or MalformedFunctionException
            => TaskErrorKind.ArgumentsNotDecoded,
        _ => TaskErrorKind.Exception,
    };

    private static string StackOf(Exception thrown, int most)
    {
        var text = thrown.StackTrace ?? "";
        var inner = thrown.InnerException;
        while (inner is not null && text.Length < most)
        {
            text += $"\n--- caused by {NameOf(inner.GetType())}: {inner.Message}\n{inner.StackTrace}";
            inner = inner.InnerException;
        }

        return text;
    }

    private static string NameOf(Type type) => type.FullName ?? type.Name;

    private static string Safely(Func<string?> text, string otherwise)
    {
        try
        {
            return text() ?? "";
        }
        catch (Exception)
        {
            return otherwise;
        }
    }

    /// <summary>A longer text helps nobody and travels through the scheduler.</summary>
    private static string Cut(TaskRun run, string text) =>
        text.Length <= run.MaxErrorLength ? text : string.Concat(text.AsSpan(0, run.MaxErrorLength), "…");
}
