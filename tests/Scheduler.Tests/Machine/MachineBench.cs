using System.Buffers;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

/// <summary>
/// A machine on the bench: peers, a clock that stands still until moved, and what each peer was told. Messages to peers
/// go through the codec, as on the wire; invariants are checked after every turn.
/// </summary>
internal sealed class MachineBench
{
    public static readonly Hash128 Function = Hash128.Of("f"u8);
    public static readonly Hash128 OtherFunction = Hash128.Of("g"u8);

    private readonly Dictionary<SchedulerPeer, List<Message>> _told = [];
    private int _names;

    public MachineBench(SchedulerMachineOptions? options = null)
    {
        Machine = new SchedulerMachine(options ?? new SchedulerMachineOptions()) { Journal = new JournalOutbox() };
        Client = NewClient();
        Define(Function, "Inc");
        Define(OtherFunction, "Add");
        Turn();
        Forget();
    }

    public SchedulerMachine Machine { get; }

    /// <summary>Everything that went to the journal.</summary>
    public List<JournalEntry> Recorded { get; } = [];

    public SchedulerClient Client { get; }

    public long Now { get; private set; } = 1_000_000;

    /// <summary>Log lines and closings of all turns.</summary>
    public List<SchedulerEffect> Effects { get; } = [];

    /// <summary>What the process was asked for in all turns.</summary>
    public List<ServerRequest> Requests { get; } = [];

    public SchedulerClient NewClient(ulong incarnation = 0)
    {
        ulong identity = incarnation == 0 ? (ulong)(100 + ++_names) : incarnation;
        return Machine.ConnectClient(new Hello { Role = PeerRole.Client, Incarnation = identity }, Now);
    }

    public SchedulerWorker NewWorker(int threads = 1, string? name = null, string host = "pi0", long memoryLimit = 0)
    {
        string text = name ?? $"w{_names++}";
        Hello hello = HelloOf(text, threads, host);
        hello.MemoryLimitBytes = memoryLimit;
        SchedulerWorker worker = Machine.AdmitWorker(hello, Now, out string refusal)!;
        Assert.Equal("", refusal);
        Assert.True(Machine.JoinWorker(worker, Now));
        Turn();
        return worker;
    }

    public static Hello HelloOf(string name, int threads = 1, string host = "pi0", ulong incarnation = 0) => new()
    {
        Role = PeerRole.Worker,
        Name = name,
        Threads = threads,
        Host = host,
        DataAddress = $"tcp://{host}:{name}",
        Incarnation = incarnation == 0 ? Hash128.Of(System.Text.Encoding.UTF8.GetBytes(name)).Low : incarnation,
    };

    public void Define(Hash128 id, string name) =>
        Machine.Handle(Client, new DefineFunction { Id = id, Name = name, Body = [1, 2, 3] }, Now);

    /// <summary>Hands over a message and ends the turn.</summary>
    public void Tell(SchedulerPeer peer, Message message)
    {
        Machine.Handle(peer, message, Now);
        Turn();
    }

    /// <summary>Moves the clock and ends a turn there, and turns on the way, so that no deadline is missed by much.</summary>
    public void Advance(long microseconds)
    {
        const long Step = 100_000;
        long end = Now + microseconds;
        while (Math.Max(Machine.NextDeadline, Now + Step) is var next && next < end)
        {
            Now = next;
            Turn();
        }

        Now = end;
        Turn();
    }

    /// <summary>The process does not run for so long; then a turn comes, with all deadlines missed.</summary>
    public void Stall(long microseconds)
    {
        Now += microseconds;
        Turn();
    }

    public void Turn()
    {
        Machine.EndTurn(Now);
        Recorded.AddRange(Machine.Journal!.Entries);
        Machine.Journal.Entries.Clear();
        Machine.Committed(Machine.Journal.Sequence, Now);
        List<Message> outgoing = [];
        foreach (SchedulerPeer peer in Machine.DirtyPeers)
        {
            peer.Collect(outgoing);
            foreach (Message message in outgoing)
                ToldTo(peer).Add(OverTheWire(message));
            outgoing.Clear();
        }

        Effects.AddRange(Machine.Effects);
        Requests.AddRange(Machine.Requests);
        Machine.TurnSent();
        Machine.AssertInvariants();
    }

    /// <summary>Everything that a peer was told since the last <see cref="Forget"/>.</summary>
    public List<Message> ToldTo(SchedulerPeer peer)
    {
        if (!_told.TryGetValue(peer, out List<Message>? messages))
            _told.Add(peer, messages = []);
        return messages;
    }

    public IEnumerable<T> ToldTo<T>(SchedulerPeer peer)
        where T : Message => ToldTo(peer).OfType<T>();

    public void Forget()
    {
        foreach (List<Message> messages in _told.Values)
            messages.Clear();
    }

    /// <summary>The dispatches that a worker was told of, oldest first.</summary>
    public List<(TaskId Task, int Attempt)> Computed(SchedulerWorker worker) =>
        [.. ToldTo<ComputeTasks>(worker).SelectMany(m => m.Tasks.Span.ToArray().Zip(m.Attempts.Span.ToArray()))];

    public List<TaskId> Freed(SchedulerWorker worker) =>
        [.. ToldTo<FreeTasks>(worker).SelectMany(m => m.Tasks.Span.ToArray())];

    public List<TaskId> Aborted(SchedulerWorker worker) =>
        [.. ToldTo<AbortTasks>(worker).SelectMany(m => m.Tasks.Span.ToArray())];

    public List<TaskId> Retracted(SchedulerWorker worker) =>
        [.. ToldTo<RetractTasks>(worker).SelectMany(m => m.Tasks.Span.ToArray())];

    public List<TaskId> InMemory(SchedulerClient client) =>
        [.. ToldTo<TasksInMemory>(client).SelectMany(m => m.Tasks.Span.ToArray())];

    public TaskError ErrorOf(TaskId task, SchedulerClient? client = null) =>
        ToldTo<TasksErred>(client ?? Client)
            .SelectMany(m => m.Tasks.Span.ToArray().Zip(m.Errors))
            .First(pair => pair.First == task).Second;

    public SubmissionReply ReplyTo(ulong submission, SchedulerClient? client = null) =>
        ToldTo<SubmissionReply>(client ?? Client).Last(reply => reply.Submission == submission);

    /// <summary>Says that a worker has finished tasks, in the attempts last dispatched to it.</summary>
    public void Finish(SchedulerWorker worker, params TaskId[] tasks) => Finish(worker, 10, tasks);

    public void Finish(SchedulerWorker worker, int durationUs, params TaskId[] tasks) =>
        Finish(worker, durationUs, bytes: 100, tasks);

    public void Finish(SchedulerWorker worker, int durationUs, long bytes, params TaskId[] tasks)
    {
        TasksFinished message = new();
        foreach (TaskId task in tasks)
        {
            message.Tasks.Add(task);
            message.Attempts.Add(Computed(worker).Last(run => run.Task == task).Attempt);
            message.Bytes.Add(bytes);
            message.DurationUs.Add(durationUs);
        }

        Tell(worker, message);
    }

    public void Fail(
        SchedulerWorker worker, TaskId task, string text = "boom", TaskErrorKind kind = TaskErrorKind.Exception)
    {
        TasksFailed message = new();
        message.Tasks.Add(task);
        message.Attempts.Add(Computed(worker).Last(run => run.Task == task).Attempt);
        message.Errors.Add(new TaskError(kind, "System.Exception", text, "at X", "k", worker.Label));
        Tell(worker, message);
    }

    public void Release(SchedulerClient client, params TaskId[] tasks)
    {
        ReleaseTasks message = new();
        message.Tasks.AddRange(tasks);
        Tell(client, message);
    }

    public void Lose(SchedulerWorker worker, string reason = "exit code 137")
    {
        Machine.DisconnectWorker(worker, reason, Now);
        Turn();
    }

    /// <summary>A copy, as the receiver would see it.</summary>
    public static Message OverTheWire(Message message)
    {
        ArrayBufferWriter<byte> bytes = new();
        MessagePackWriter writer = new(bytes);
        MessageCodec.Write(ref writer, message);
        writer.Flush();
        MessagePackReader reader = new(bytes.WrittenSpan);
        return MessageCodec.Read(ref reader);
    }
}
