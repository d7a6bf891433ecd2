using System.Text;
using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>A task has failed on a worker: its function threw, took too long, or could not be run.</summary>
public sealed class TaskFailedException : TaskGraphException
{
    internal TaskFailedException(TaskError error, string key)
        : base(Describe(error))
    {
        Kind = error.Kind;
        RemoteType = error.ExceptionType;
        RemoteMessage = error.Message;
        RemoteStack = error.RemoteStack;
        Key = error.Key.Length > 0 ? error.Key : key;
        FutureKey = key;
        Worker = error.Worker;
    }

    /// <summary>Where it failed.</summary>
    public TaskErrorKind Kind { get; }

    /// <summary>Full name of the exception's type on the worker.</summary>
    public string RemoteType { get; }

    /// <summary>The exception's message on the worker.</summary>
    public string RemoteMessage { get; }

    /// <summary>The exception's stack on the worker; may be empty.</summary>
    public string RemoteStack { get; }

    /// <summary>The key of the task that failed first; it may be an input of the one that was awaited.</summary>
    public string Key { get; }

    /// <summary>The key of the task that was awaited.</summary>
    public string FutureKey { get; }

    /// <summary>Name and address of the worker on which it failed; empty if none was involved.</summary>
    public string Worker { get; }

    /// <summary>Message, task, worker and both stacks.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(GetType().FullName).Append(": ").AppendLine(Message);
        text.Append("  task:   ").AppendLine(Key);
        if (FutureKey != Key)
            text.Append("  needed by: ").AppendLine(FutureKey);
        if (Worker.Length > 0)
            text.Append("  worker: ").AppendLine(Worker);
        if (RemoteStack.Length > 0)
            text.AppendLine("  --- stack on the worker ---").AppendLine(RemoteStack.TrimEnd());
        if (StackTrace is { Length: > 0 } stack)
            text.AppendLine("  --- stack here ---").AppendLine(stack);
        return text.ToString().TrimEnd();
    }

    private static string Describe(TaskError error) => error.Kind switch
    {
        TaskErrorKind.Exception => $"{ShortName(error.ExceptionType)}: {error.Message}",
        _ => error.Message,
    };

    private static string ShortName(string type) => type[(type.LastIndexOf('.') + 1)..];
}
