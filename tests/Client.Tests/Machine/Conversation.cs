using TaskGraph.Messages;

namespace TaskGraph.Tests.Machine;

/// <summary>A machine, and a scheduler played by the test.</summary>
internal sealed class Conversation
{
    public const ulong Epoch = 5;

    private readonly FunctionDefinition _function = FunctionEncoder.Encode((Func<int, int>)(static x => x + 1));

    public Conversation(bool isConnected = true)
    {
        if (isConnected)
            Machine.OnConnected(Epoch);
    }

    public ClientMachine Machine { get; } = new(firstSubmission: 100);

    public FunctionDefinition Function => _function;

    /// <summary>Submits <paramref name="count"/> tasks, all wanted.</summary>
    public FutureSet Submit(int count = 1, bool isReady = true)
    {
        var id = Machine.NewSubmission();
        var writer = new SubmissionWriter(id, KeyForm.Unique);
        for (var i = 0; i < count; i++)
            writer.BeginTask(_function, [0, 1], 0, i, isWanted: true, SubmitOptions.Default);
        var set = new FutureSet(id, TaskNames.Unique("inc"), count);
        Last = writer.End();
        Last.IsReady = isReady;
        Machine.Submit(Last, set);
        return set;
    }

    /// <summary>The submission made last.</summary>
    public Submission Last { get; private set; } = null!;

    /// <summary>Takes what the machine says.</summary>
    public Message[] Said()
    {
        Machine.FlushReleases();
        Message[] said = [.. Machine.Outbox];
        Machine.Outbox.Clear();
        return said;
    }

    public void InMemory(FutureSet set, int slot, int holder = 1, byte[]? value = null)
    {
        var message = new TasksInMemory();
        message.Tasks.Add(set.IdOf(slot));
        message.Bytes.Add(8);
        message.Holder.Add(holder);
        if (value is not null)
        {
            message.InlineRows.Add(0);
            message.InlineValues.Add(value);
        }
        Machine.Handle(message);
    }

    public void Erred(FutureSet set, int slot, string text = "boom")
    {
        var message = new TasksErred();
        message.Tasks.Add(set.IdOf(slot));
        message.Errors.Add(new TaskError(TaskErrorKind.Exception, "System.Exception", text, "", "", ""));
        Machine.Handle(message);
    }

    public void Cancelled(FutureSet set, int slot)
    {
        var message = new TasksCancelled { Reason = "enough" };
        message.Tasks.Add(set.IdOf(slot));
        Machine.Handle(message);
    }

    public void Lost(FutureSet set, int slot)
    {
        var message = new TasksLost { Reason = "its worker died" };
        message.Tasks.Add(set.IdOf(slot));
        Machine.Handle(message);
    }

    public void Answer(ulong submission, string error = "")
        => Machine.Handle(new SubmissionReply { Submission = submission, Accepted = error.Length == 0, Error = error });
}

/// <summary>Counts the news of futures.</summary>
internal sealed class NewsCounter : IFutureObserver
{
    private readonly Dictionary<(ulong Submission, int Slot), int> _settled = [];

    public int Moved { get; private set; }

    public int SettledCount => _settled.Count;

    public int MostPerFuture => _settled.Count == 0 ? 0 : _settled.Values.Max();

    public void On(FutureSet set, int slot, FutureNews news)
    {
        if (news == FutureNews.Moved)
            Moved++;
        else
            _settled[(set.Submission, slot)] = _settled.GetValueOrDefault((set.Submission, slot)) + 1;
    }
}
