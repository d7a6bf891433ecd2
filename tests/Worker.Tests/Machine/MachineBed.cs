using TaskGraph;
using TaskGraph.Messages;
using TaskGraph.Worker.Machine;

namespace Worker.Tests.Machine;

/// <summary>
/// A machine with a scripted shell: stimuli go in, what comes out is collected, invariants hold throughout.
/// </summary>
internal sealed class MachineBed
{
    public static readonly Hash128 Function = Hash128.Of("f"u8);
    private long _nowUs = 1_000_000;

    public MachineBed(int threads = 2, int depth = 4, bool isFunctionLoaded = true, WorkerMachineOptions? options = null)
    {
        Machine = new WorkerMachine((options ?? new()) with { OwnNumber = 0, Threads = threads, DepthPerThread = depth });
        if (isFunctionLoaded)
            Machine.FunctionLoaded(Function, _nowUs);
        var joined = new WorkersJoined();
        for (var number = 0; number < 4; number++)
        {
            joined.Numbers.Add(number);
            joined.Addresses.Add($"tcp://w{number}:1");
            joined.Names.Add($"w{number}");
            joined.Threads.Add(1);
        }

        Do(machine => machine.Handle(joined, _nowUs));
    }

    public WorkerMachine Machine { get; }

    public List<Instruction> Instructions { get; } = [];

    public List<TaskId> Finished { get; } = [];

    public List<int> FinishedAttempts { get; } = [];

    public List<(TaskId Task, TaskError Error)> Failed { get; } = [];

    public List<(TaskId Task, bool Accepted)> Retracted { get; } = [];

    public List<TaskId> Seceded { get; } = [];
    public List<TaskId> Rejoined { get; } = [];

    public List<TaskId> Replicas { get; } = [];

    public int LastFree { get; private set; }

    public List<(TaskId Task, int Holder, bool IsGone)> Missing { get; } = [];

    public List<TaskId> Removed { get; } = [];

    public long NowUs => _nowUs;

    public static TaskId T(int index) => new(7, index);

    public WorkerTaskState State(int task) => Machine.StateOf(T(task));

    public void Advance(long us) => Do(_ => _nowUs += us);

    public void Compute(int task, int attempt = 1, long priority = 0, params (int Task, int[] Holders)[] inputs) =>
        Do(machine => machine.Handle(Message(task, attempt, priority, inputs), _nowUs));

    public static ComputeTasks Message(int task, int attempt, long priority, (int Task, int[] Holders)[] inputs)
    {
        var message = new ComputeTasks();
        message.Functions.Add(Function);
        Add(message, task, attempt, priority, inputs);
        return message;
    }

    public static void Add(
        ComputeTasks message, int task, int attempt, long priority, (int Task, int[] Holders)[] inputs)
    {
        message.Tasks.Add(T(task));
        message.Attempts.Add(attempt);
        message.Priorities.Add(priority);
        message.FunctionIndex.Add(0);
        message.Arguments.Add([(byte)task]);
        message.TimeoutMs.Add(0);
        message.Flags.Add(0);
        message.KeyNames.Add([]);
        foreach (var (input, holders) in inputs)
        {
            message.Dependencies.Add(T(input));
            message.DependencyBytes.Add(100);
            message.Holders.AddRange(holders);
            message.HolderEnds.Add(message.Holders.Count);
        }

        message.DependencyEnds.Add(message.Dependencies.Count);
    }

    public void Free(int task, int attempt = 1)
    {
        var message = new FreeTasks();
        message.Tasks.Add(T(task));
        message.Attempts.Add(attempt);
        Do(machine => machine.Handle(message, _nowUs));
    }

    public void Abort(int task, int attempt = 1)
    {
        var message = new AbortTasks();
        message.Tasks.Add(T(task));
        message.Attempts.Add(attempt);
        Do(machine => machine.Handle(message, _nowUs));
    }

    public void Retract(int task, int attempt = 1)
    {
        var message = new RetractTasks();
        message.Tasks.Add(T(task));
        message.Attempts.Add(attempt);
        Do(machine => machine.Handle(message, _nowUs));
    }

    public void Refresh(int task, params int[] holders)
    {
        var message = new HoldersRefreshed();
        message.Tasks.Add(T(task));
        message.Holders.AddRange(holders);
        message.HolderEnds.Add(holders.Length);
        Do(machine => machine.Handle(message, _nowUs));
    }

    public void Left(int worker)
    {
        var message = new WorkersLeft();
        message.Numbers.Add(worker);
        Do(machine => machine.Handle(message, _nowUs));
    }

    public void FunctionLoaded() => Do(machine => machine.FunctionLoaded(Function, _nowUs));

    public void FunctionFailed(TaskError error) => Do(machine => machine.FunctionFailed(Function, error, _nowUs));

    public void Put(int task) => Do(machine => machine.Put(T(task), 50, _nowUs));

    /// <summary>Ends the run that the given instruction started.</summary>
    public void End(Instruction run, TaskError? error = null, long bytes = 10)
    {
        var outcome = new RunOutcome
        {
            Row = run.Row,
            Serial = Machine.Row(run.Row).Serial,
            Bytes = bytes,
            DurationUs = 5,
            Error = error,
        };
        Do(machine => machine.Handle([outcome], _nowUs));
    }

    public void End(int task, TaskError? error = null, long bytes = 10) => End(LastRun(task), error, bytes);

    public void Secede(int task)
    {
        var run = LastRun(task);
        Do(machine => machine.Seceded(run.Row, machine.Row(run.Row).Serial, _nowUs));
    }

    public void Rejoin(int task)
    {
        var run = LastRun(task);
        Do(machine => machine.Rejoined(run.Row, machine.Row(run.Row).Serial, _nowUs));
    }

    public void AnswerTakeBack(int task, bool accepted)
    {
        var row = Last(InstructionKind.TakeBack, task).Row;
        Do(machine => machine.TakenBack(row, machine.Row(row).Serial, accepted, _nowUs));
    }

    public Instruction LastRun(int task) => Last(InstructionKind.Execute, task);

    public Instruction Last(InstructionKind kind, int task) =>
        Instructions.Last(instruction => instruction.Kind == kind && instruction.Task == T(task));

    public int Count(InstructionKind kind) => Instructions.Count(instruction => instruction.Kind == kind);

    public int Count(InstructionKind kind, int task) =>
        Instructions.Count(instruction => instruction.Kind == kind && instruction.Task == T(task));

    public FetchRequest LastRequest() =>
        Machine.Request(Instructions.Last(instruction => instruction.Kind == InstructionKind.StartFetch).Index);

    public void Answer(FetchRequest request, params FetchStatus[] statuses)
    {
        var outcome = new FetchOutcome(request.Id, request.Tasks.Count);
        for (var i = 0; i < outcome.Statuses.Length; i++)
        {
            outcome.Statuses[i] = statuses[Math.Min(i, statuses.Length - 1)];
            outcome.Bytes[i] = 100;
        }

        Do(machine => machine.Handle(outcome, _nowUs));
    }

    public void Do(Action<WorkerMachine> stimulus)
    {
        stimulus(Machine);
        Machine.Decide(_nowUs);
        Collect();
        Machine.AssertInvariants();
    }

    public static TaskError SomeError() => new(TaskErrorKind.Exception, "E", "broken", "", "", "");

    private void Collect()
    {
        Instructions.AddRange(Machine.Outbox.Instructions);
        Machine.Outbox.Instructions.Clear();
        var messages = new List<Message>();
        Machine.Outbox.Drain(messages);
        foreach (var message in messages)
            Collect(message);
        Machine.Outbox.ClearMessages();
    }

    private void Collect(Message message)
    {
        switch (message)
        {
            case TasksFinished finished:
                Finished.AddRange(finished.Tasks.Span);
                FinishedAttempts.AddRange(finished.Attempts.Span);
                break;
            case TasksFailed failed:
                for (var i = 0; i < failed.Tasks.Count; i++)
                    Failed.Add((failed.Tasks[i], failed.Errors[i]));
                break;
            case TasksRetracted retracted:
                for (var i = 0; i < retracted.Tasks.Count; i++)
                    Retracted.Add((retracted.Tasks[i], retracted.Accepted[i] == 1));
                break;
            case TasksSeceded seceded:
                for (var i = 0; i < seceded.Tasks.Count; i++)
                    (seceded.Rejoined[i] == 0 ? Seceded : Rejoined).Add(seceded.Tasks[i]);
                break;
            case ReplicasAdded added:
                Replicas.AddRange(added.Tasks.Span);
                LastFree = added.LastFree;
                break;
            case ReplicasRemoved removed:
                Removed.AddRange(removed.Tasks.Span);
                break;
            case DataMissing missing:
                for (var i = 0; i < missing.Tasks.Count; i++)
                    Missing.Add((missing.Tasks[i], missing.Holders[i], missing.Gone[i] == 1));
                break;
        }
    }
}
