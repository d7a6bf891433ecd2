using TaskGraph.Scheduler.Machine;

namespace Machines.Tests.Simulation;

/// <summary>
/// One scheduler, some workers and clients: the real machines, joined by virtual links, in virtual time. Every choice
/// comes from one seeded stream, so that a scenario runs the same way each time.
/// </summary>
internal sealed class Simulation
{
    public const long ClientLeaseUs = 300_000;

    private readonly Dictionary<Hash128, Behaviour> _behaviours = [];
    private readonly Dictionary<long, int> _failuresLeft = [];
    private readonly List<VirtualWorker> _processes = [];
    private readonly Trace _trace = new();
    private int _workersMade;

    public Simulation(Scenario scenario)
    {
        Scenario = scenario;
        Random = new Random(scenario.Seed);
        foreach (var behaviour in Enum.GetValues<Behaviour>())
            _behaviours.Add(Work.Definition(behaviour).Id, behaviour);
        Checks = new Checks(this);
        Scheduler = new VirtualScheduler(this);
        for (var i = 0; i < scenario.Workers; i++)
            AddWorker(Random.Next(2_000));
        for (var i = 0; i < scenario.Clients; i++)
        {
            var client = new VirtualClient(this, i);
            Clients.Add(client);
            Time.After(Random.Next(2_000), client.Dial);
        }
    }

    public Scenario Scenario { get; }

    public Random Random { get; }

    public VirtualTime Time { get; } = new();

    public Checks Checks { get; }

    public VirtualScheduler Scheduler { get; }

    public List<VirtualClient> Clients { get; } = [];

    /// <summary>All incarnations of all workers, past ones too.</summary>
    public List<Incarnation> Incarnations { get; } = [];

    public IEnumerable<VirtualWorker> LiveProcesses => _processes.Where(process => !process.IsDead);

    public List<TaskId> Submitted { get; } = [];

    /// <summary>Calls that a client has cancelled.</summary>
    public HashSet<Work> Cancelled { get; } = [];

    /// <summary>Whether a client has dialled again only after its lease had ended.</summary>
    public bool HasOutlivedLease { get; set; }

    public bool AreFaultsOn { get; set; } = true;

    /// <summary>Workers that were lost, one way or another.</summary>
    public int LossCount { get; set; }

    public Coverage Coverage { get; } = new();

    /// <summary>Another worker process starts.</summary>
    public void AddWorker(long delayUs)
    {
        var isSlow = _workersMade == 0 && (Scenario.Faults & Faults.SlowWorker) != 0;
        var process = new VirtualWorker(this, $"w{_workersMade++}", isSlow ? 20 : 1);
        _processes.Add(process);
        Time.After(delayUs, process.Dial);
    }

    public VirtualWorker? FindProcess(string address) => _processes.Find(process => process.Address == address);

    public Link NewLink(Action<Message> deliver) => new(Time, Random, maxDelayUs: 400, message =>
    {
        Coverage.Delivered(message.Kind);
        deliver(message);
    });

    public Behaviour BehaviourOf(Hash128 function) => _behaviours[function];

    public DefineFunction DefinitionOf(Hash128 function) => Work.Definition(_behaviours[function]);

    public int DurationUs() => Random.Next(10) == 0 ? Random.Next(10_000) : Random.Next(500);

    /// <summary>Why a run fails, if it does.</summary>
    public TaskError? ErrorOf(Incarnation.Run run)
    {
        if (run.Behaviour == Behaviour.Throws)
            return NewError($"boom {run.Salt}");
        if (run.Behaviour != Behaviour.ThrowsAtFirst)
            return null;
        var left = _failuresLeft.GetValueOrDefault(run.Salt, 1 + (int)(run.Salt % 2));
        _failuresLeft[run.Salt] = Math.Max(0, left - 1);
        return left > 0 ? NewError($"not yet {run.Salt}") : null;
    }

    public static TaskError NewError(string message) =>
        new(TaskErrorKind.Exception, "System.InvalidOperationException", message, "", "", "");

    public void Note(string line)
    {
        _trace.Add(Time.NowUs, line);
        Coverage.Happened(line);
    }

    /// <summary>Lets events happen until <paramref name="isDone"/>; fails when that takes too long.</summary>
    public void RunUntil(Func<bool> isDone, long limitUs, string goal)
    {
        var end = Time.NowUs + limitUs;
        while (!isDone())
        {
            if (Time.NowUs > end || !Time.Step())
                throw new SimulationException($"after {limitUs} µs still not: {goal}");
        }
    }

    /// <summary>The run so far, for a report.</summary>
    public string Describe(string problem)
    {
        var text = new System.Text.StringBuilder();
        text.AppendLine(problem).AppendLine($"{Scenario}").AppendLine("Last events:").AppendLine(_trace.ToString());
        foreach (var id in Checks.Suspects(problem).Take(3))
        {
            text.AppendLine($"Task {id} in the scheduler ({Scheduler.Machine.StateOf(id)}):");
            text.AppendLine(Scheduler.Machine.Story(id));
            foreach (var incarnation in Incarnations.Where(i => i.IsCurrent))
            {
                text.AppendLine($"on {incarnation.Peer.Name} ({incarnation.Machine.StateOf(id)}):");
                text.AppendLine(incarnation.Machine.Story(id));
            }
        }

        return text.ToString();
    }
}
