using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>
/// One scheduler, some workers and clients: the real machines, joined by virtual links, in virtual time. Every choice
/// comes from one stream, so that a scenario runs the same way each time.
/// </summary>
internal sealed class VirtualCluster
{
    public const long ClientLeaseUs = 300_000;
    public const long WorkerLeaseUs = 100_000;

    private readonly Dictionary<Hash128, Behaviour> _behaviours = [];
    private readonly Dictionary<long, int> _failures = [];
    private readonly List<VirtualWorker> _processes = [];
    private readonly HashSet<(string, string)> _cutPeers = [];
    private int _workersMade;
    private ulong _incarnationsMade;

    /// <param name="scenario">What is to be run.</param>
    /// <param name="choices">Where all choices come from.</param>
    /// <param name="isTraced">Whether to write down what happens.</param>
    public VirtualCluster(Scenario scenario, Choices choices, bool isTraced)
    {
        Scenario = scenario;
        Choices = choices;
        Log = isTraced ? new Trace(Time) : null;
        foreach (var behaviour in Enum.GetValues<Behaviour>())
            _behaviours.Add(Work.Definition(behaviour).Id, behaviour);
        Checks = new Checks(this);
        Scheduler = new VirtualScheduler(this);
    }

    public Scenario Scenario { get; }

    public Choices Choices { get; }

    public VirtualTime Time { get; } = new();

    /// <summary>Null when nobody will read it.</summary>
    public Trace? Log { get; }

    public Checks Checks { get; }

    public VirtualScheduler Scheduler { get; }

    public List<VirtualClient> Clients { get; } = [];

    /// <summary>All incarnations of all workers, past ones too.</summary>
    public List<Incarnation> Incarnations { get; } = [];

    public IReadOnlyList<VirtualWorker> Processes => _processes;

    public IEnumerable<VirtualWorker> LiveProcesses => _processes.Where(process => !process.IsDead);

    public List<TaskId> Submitted { get; } = [];

    public bool AreFaultsOn { get; set; } = true;

    /// <summary>What has gone wrong so far.</summary>
    public Events Events { get; } = new();

    public Coverage Coverage { get; } = new();

    /// <summary>How often invariants are checked: with every turn, or with one in so many.</summary>
    public int CheckEvery { get; init; } = 1;

    /// <summary>Starts workers and clients, each a little later than the one before.</summary>
    public void Start()
    {
        for (var i = 0; i < Scenario.Workers; i++)
            AddWorker(Choices.Next(2_000));
        for (var i = 0; i < Scenario.Clients; i++)
        {
            var client = new VirtualClient(this, i);
            Clients.Add(client);
            Time.After(Choices.Next(2_000), client.Dial);
        }
    }

    /// <summary>Another worker process starts, with a name of its own or that of one that has ended.</summary>
    /// <param name="delayUs">When.</param>
    /// <param name="name">Its name; null = a new one.</param>
    public VirtualWorker AddWorker(long delayUs, string? name = null)
    {
        var isFirst = _workersMade == 0;
        name ??= VirtualWorker.NameOf(_workersMade);
        var address = $"sim://{name}";
        var process = new VirtualWorker(this, name)
        {
            // Two processes that live do not listen at one address.
            Address = _processes.Exists(other => other.Address == address && !other.IsDead) ? $"{address}/{_workersMade}" : address,
            ProcessId = _workersMade + 1,
            Slowness = isFirst && Has(Faults.SlowWorker) ? 20 : 1,
            BytesPerMs = isFirst && Has(Faults.SlowLinks) ? 20 + Choices.Next(200) : 0,
            Licences = 1 + (_workersMade % 2),
        };
        if (process.Slowness > 1)
            Happened(Faults.SlowWorker);
        if (process.BytesPerMs > 0)
            Happened(Faults.SlowLinks);
        _workersMade++;
        _processes.Add(process);
        Time.After(delayUs, process.Dial);
        return process;
    }

    /// <summary>A number that nobody else has, whatever the choices.</summary>
    public ulong NextIncarnation() => ++_incarnationsMade;

    public bool Has(Faults kind) => (Scenario.Faults & kind) != 0;

    /// <summary>Notes that something of that kind has taken place.</summary>
    public void Happened(Faults kind) => Coverage.Happened(kind);

    /// <summary>Who listens at an address; a process that has ended only where no other does.</summary>
    public VirtualWorker? FindProcess(string address) =>
        _processes.FindLast(process => process.Address == address && !process.IsDead)
        ?? _processes.FindLast(process => process.Address == address);

    /// <summary>For a while two workers do not reach each other.</summary>
    public void CutPeers(VirtualWorker one, VirtualWorker other, long durationUs)
    {
        Log?.Add($"{one.Name} and {other.Name} do not reach each other for {durationUs} µs");
        _cutPeers.Add((one.Address, other.Address));
        Time.After(durationUs, () => _cutPeers.Remove((one.Address, other.Address)));
    }

    public bool IsCut(string one, string other) => _cutPeers.Contains((one, other)) || _cutPeers.Contains((other, one));

    public Behaviour BehaviourOf(Hash128 function) => _behaviours[function];

    public DefineFunction DefinitionOf(Hash128 function) => Work.Definition(_behaviours[function]);

    /// <summary>How much of the resource a task takes.</summary>
    public int LicencesOf(TaskId task)
    {
        foreach (var client in Has(Faults.Resources) ? Clients : [])
        {
            if (client.WorkOf(task) is { } work)
                return work.Licences;
        }

        return 0;
    }

    /// <summary>How long runs take, where a test says so itself.</summary>
    public Func<Incarnation.Run, long>? SetDuration { get; set; }

    /// <summary>How long a run takes on a worker of usual speed.</summary>
    public long DurationUs(Incarnation.Run run) => SetDuration?.Invoke(run) ?? RandomDurationUs();

    private long RandomDurationUs() => Choices.Chance(10) ? Choices.Next(10_000) : Choices.Next(500);

    /// <summary>Why a run fails, if it does.</summary>
    public TaskError? ErrorOf(Incarnation.Run run)
    {
        var most = run.Behaviour switch
        {
            Behaviour.Throws or Behaviour.SecedesAndThrows => int.MaxValue,
            Behaviour.ThrowsAtFirst => 1 + (int)(run.Salt % 2),
            Behaviour.ThrowsOnce => 1,
            _ => 0,
        };
        if (most == 0)
            return null;
        ref var failures = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
            _failures, run.Salt, out _);
        return failures++ < most ? NewError($"boom {run.Salt}") : null;
    }

    public static TaskError NewError(string message) =>
        new(TaskErrorKind.Exception, "System.InvalidOperationException", message, "", "", "");

    /// <summary>Lets events happen until <paramref name="isDone"/>; fails when that takes too long.</summary>
    public void RunUntil(Func<bool> isDone, long limitUs, Func<string> goal)
    {
        var end = Time.NowUs + limitUs;
        while (!isDone())
        {
            if (Time.NowUs > end || !Time.Step())
                throw new SimulationException($"after {limitUs} µs still not: {goal()}");
        }
    }

    /// <summary>The run so far, for a report.</summary>
    public string Describe(string problem)
    {
        var text = new System.Text.StringBuilder();
        text.AppendLine(problem).AppendLine($"{Scenario}");
        if (Log is not null)
            text.AppendLine($"Last of {Log.Count} events:").AppendLine(Log.Last(150));
        foreach (var client in Clients)
        {
            foreach (var question in client.OpenQuestions)
                text.AppendLine($"{client.Name} waits for an answer to {Trace.Of(question.Message)}");
        }

        text.Append("In the scheduler:");
        foreach (var id in Submitted.Where(id => Scheduler.Machine.StateOf(id) != TaskState.Forgotten).Take(200))
            text.Append($" {id} {Scheduler.Machine.StateOf(id)},");
        text.AppendLine();
        foreach (var worker in Scheduler.Workers)
        {
            text.AppendLine($"{worker.Label} as worker {worker.Number}: {worker.Status}, {worker.AssignedCount} tasks assigned, "
                + $"load {worker.Load}, {worker.Supply.Free(Graphs.Licence)} of the resource free");
        }

        foreach (var id in Checks.Suspects(problem).Distinct().Take(3))
        {
            text.AppendLine($"Task {id} in the scheduler ({Scheduler.Machine.StateOf(id)}):");
            text.AppendLine(Scheduler.Machine.Story(id));
            foreach (var incarnation in Incarnations.Where(i => i.IsCurrent))
            {
                text.AppendLine($"on {incarnation.Label} ({incarnation.Machine.StateOf(id)}):");
                text.AppendLine(incarnation.Machine.Story(id));
            }
        }

        return text.ToString();
    }
}
