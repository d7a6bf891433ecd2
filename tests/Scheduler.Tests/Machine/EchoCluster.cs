using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

/// <summary>
/// Workers that answer every task at once, with messages that are reused: what is measured is the machine.
/// </summary>
internal sealed class EchoCluster
{
    private readonly SchedulerMachine _machine = new(new SchedulerMachineOptions());
    private readonly SchedulerClient _client;
    private readonly List<Message> _outgoing = [];
    private readonly Dictionary<SchedulerPeer, TasksFinished> _answers = [];
    private readonly SubmitTasks _submit = new() { IsLast = true };
    private readonly ReleaseTasks _release = new();
    private long _now = 1;

    public EchoCluster(int workers, int threads)
    {
        _client = _machine.ConnectClient(new Hello { Role = PeerRole.Client, Incarnation = 1 }, _now);
        _machine.Handle(_client, new DefineFunction { Id = MachineBench.Function, Name = "f", Body = [1] }, _now);
        for (int i = 0; i < workers; i++)
        {
            SchedulerWorker worker = _machine.AdmitWorker(MachineBench.HelloOf($"w{i}", threads), _now, out _)!;
            _machine.JoinWorker(worker, _now);
            _answers.Add(worker, new TasksFinished());
        }
    }

    public SchedulerMachine Machine => _machine;

    public int Finished { get; private set; }

    public int Turns { get; private set; }

    /// <summary>
    /// Submits <paramref name="sources"/> tasks and one that takes them all (merge), or only the sources.
    /// </summary>
    public void Submit(ulong submission, int sources, bool isMerged)
    {
        SubmitTasks m = _submit;
        m.Submission = submission;
        m.Count = 0;
        m.Functions.Clear();
        m.FunctionIndex.Clear();
        m.Arguments.Clear();
        m.DependencyEnds.Clear();
        m.Dependencies.Clear();
        m.Flags.Clear();
        m.Functions.Add(MachineBench.Function);
        for (int i = 0; i < sources; i++)
            AddTask(isWanted: !isMerged);
        if (isMerged)
        {
            for (int i = 0; i < sources; i++)
                m.Dependencies.Add(new TaskId(submission, i));
            AddTask(isWanted: true);
        }

        _machine.Handle(_client, m, _now);
        Turn();
    }

    /// <summary>Lets the workers answer until nothing is under way.</summary>
    public void Run()
    {
        bool isBusy = true;
        while (isBusy)
        {
            isBusy = false;
            foreach ((SchedulerPeer worker, TasksFinished answer) in _answers)
            {
                if (answer.Tasks.Count == 0)
                    continue;
                isBusy = true;
                Finished += answer.Tasks.Count;
                _machine.Handle(worker, answer, _now);
                answer.Tasks.Clear();
                answer.Attempts.Clear();
                answer.Bytes.Clear();
                answer.DurationUs.Clear();
            }

            Turn();
        }
    }

    public void Release(ulong submission, int first, int count)
    {
        _release.Tasks.Clear();
        for (int i = first; i < first + count; i++)
            _release.Tasks.Add(new TaskId(submission, i));
        _machine.Handle(_client, _release, _now);
        Turn();
    }

    private void AddTask(bool isWanted)
    {
        _submit.Count++;
        _submit.FunctionIndex.Add(0);
        _submit.Arguments.Add([1, 2, 3, 4]);
        _submit.DependencyEnds.Add(_submit.Dependencies.Count);
        _submit.Flags.Add((byte)(isWanted ? SubmitFlags.Wanted : SubmitFlags.None));
    }

    private void Turn()
    {
        _now += 50;
        Turns++;
        _machine.EndTurn(_now);
        foreach (SchedulerPeer peer in _machine.DirtyPeers)
        {
            if (!_answers.TryGetValue(peer, out TasksFinished? answer))
                continue;
            peer.Collect(_outgoing);
            foreach (Message message in _outgoing)
            {
                if (message is ComputeTasks compute)
                    Answer(compute, answer);
            }

            _outgoing.Clear();
        }

        _machine.TurnSent();
    }

    private static void Answer(ComputeTasks compute, TasksFinished answer)
    {
        answer.Tasks.AddRange(compute.Tasks.Span);
        answer.Attempts.AddRange(compute.Attempts.Span);
        for (int i = 0; i < compute.Tasks.Count; i++)
        {
            answer.Bytes.Add(28);
            answer.DurationUs.Add(6);
        }
    }
}
