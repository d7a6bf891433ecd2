using TaskGraph.Messages;

namespace Scheduler.Tests.Machine;

/// <summary>Builds a <see cref="SubmitTasks"/> task by task.</summary>
internal sealed class Graph
{
    private readonly Hash128[] _functions = [MachineBench.Function, MachineBench.OtherFunction];

    /// <summary>The order of one graph's tasks.</summary>
    public static Comparer<TaskId> ById { get; } = Comparer<TaskId>.Create((a, b) => a.Index.CompareTo(b.Index));

    public Graph(ulong submission, KeyForm keyForm = KeyForm.Unique)
    {
        Message = new SubmitTasks { Submission = submission, IsLast = true, KeyForm = keyForm };
        Message.Functions.AddRange(_functions);
    }

    public SubmitTasks Message { get; }

    public TaskId Id(int index) => new(Message.Submission, index);

    /// <summary>Adds a task that takes the values of <paramref name="inputs"/>, wanted unless said otherwise.</summary>
    public TaskId Add(
        TaskId[]? inputs = null,
        bool wanted = true,
        string key = "",
        int function = 0,
        byte argument = 0,
        int priority = 0,
        int retries = 0,
        string[]? workers = null,
        bool allowOthers = false,
        bool speculate = false)
    {
        SubmitTasks m = Message;
        int index = m.FirstIndex + m.Count++;
        m.FunctionIndex.Add(function);
        m.Arguments.Add([argument, 7]);
        m.Dependencies.AddRange(inputs ?? []);
        m.DependencyEnds.Add(m.Dependencies.Count);
        m.Order.Add(index);
        m.UserPriority.Add(priority);
        m.Retries.Add(retries);
        m.TimeoutMs.Add(0);
        SubmitFlags flags = (wanted ? SubmitFlags.Wanted : 0) | (allowOthers ? SubmitFlags.AllowOtherWorkers : 0)
            | (speculate ? SubmitFlags.Speculate : 0);
        m.Flags.Add((byte)flags);
        m.RestrictionIndex.Add(workers is null ? -1 : m.Restrictions.Count);
        if (workers is not null)
            m.Restrictions.Add(workers);
        if (m.KeyForm == KeyForm.Named)
            m.KeyNames.Add(System.Text.Encoding.UTF8.GetBytes(key));
        if (m.KeyForm == KeyForm.Hashed)
            m.KeyHashes.Add(Hash128.Of(System.Text.Encoding.UTF8.GetBytes(key)));
        return Id(index);
    }
}
