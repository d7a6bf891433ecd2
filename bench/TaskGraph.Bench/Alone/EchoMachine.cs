using TaskGraph.Bench.Graphs;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Bench.Alone;

/// <summary>
/// The scheduler's machine without sockets or codec, and workers that answer every task at once with messages that are
/// used again: what is measured is the machine.
/// </summary>
internal sealed class EchoMachine
{
    // About what fits into one frame.
    private const int ChunkTasks = 10_000;
    private const int TurnUs = 50;
    private static readonly Hash128 s_function = Hash128.Of("f"u8);

    private readonly SchedulerMachine _machine = new(new SchedulerMachineOptions());
    private readonly SchedulerClient _client;
    private readonly List<Message> _outgoing = [];
    private readonly Dictionary<SchedulerPeer, TasksFinished> _answers = [];
    private readonly ReleaseTasks _release = new();
    private long _now = 1;

    public EchoMachine(int workers, int threads)
    {
        _client = _machine.ConnectClient(new Hello { Role = PeerRole.Client, Incarnation = 1 }, _now);
        _machine.Handle(_client, new DefineFunction { Id = s_function, Name = "f", Body = [1] }, _now);
        for (int i = 0; i < workers; i++)
        {
            var hello = new Hello
            {
                Role = PeerRole.Worker,
                Name = $"w{i}",
                Threads = threads,
                Host = "here",
                DataAddress = $"tcp://here:{i + 1}",
                Incarnation = (ulong)i + 1,
            };
            SchedulerWorker worker = _machine.AdmitWorker(hello, _now, out string refusal)
                ?? throw new InvalidOperationException(refusal);
            _machine.JoinWorker(worker, _now);
            _answers.Add(worker, new TasksFinished());
        }

        Turn();
    }

    /// <summary>Tasks that have been answered.</summary>
    public int FinishedCount { get; private set; }

    /// <summary>Tasks of which the machine keeps a record.</summary>
    public int TaskCount => _machine.TaskCount;

    /// <summary>A graph as messages: all results are wanted, so that they are held.</summary>
    public static List<SubmitTasks> Chunks(ulong submission, DependencyList graph)
    {
        var chunks = new List<SubmitTasks>();
        for (int first = 0; first < graph.Count; first += ChunkTasks)
            chunks.Add(Chunk(submission, graph, first, Math.Min(ChunkTasks, graph.Count - first)));
        return chunks;
    }

    /// <summary>Takes a graph in and runs it to the end.</summary>
    public void Run(List<SubmitTasks> chunks)
    {
        foreach (SubmitTasks chunk in chunks)
        {
            _machine.Handle(_client, chunk, _now);
            Turn();
        }

        while (Answer())
            Turn();
    }

    /// <summary>Gives up all results of a graph.</summary>
    public void Release(ulong submission, int count)
    {
        for (int first = 0; first < count; first += ChunkTasks)
        {
            _release.Tasks.Clear();
            for (int i = first; i < Math.Min(first + ChunkTasks, count); i++)
                _release.Tasks.Add(new TaskId(submission, i));
            _machine.Handle(_client, _release, _now);
            Turn();
        }
    }

    private static SubmitTasks Chunk(ulong submission, DependencyList graph, int first, int count)
    {
        var chunk = new SubmitTasks
        {
            Submission = submission,
            FirstIndex = first,
            Count = count,
            IsLast = first + count == graph.Count,
        };
        chunk.Functions.Add(s_function);
        for (int i = first; i < first + count; i++)
        {
            foreach (int input in graph.InputsOf(i))
                chunk.Dependencies.Add(new TaskId(submission, input));
            chunk.FunctionIndex.Add(0);
            chunk.Arguments.Add([1, 2, 3, 4]);
            chunk.DependencyEnds.Add(chunk.Dependencies.Count);
            chunk.Flags.Add((byte)SubmitFlags.Wanted);
        }

        return chunk;
    }

    private bool Answer()
    {
        bool isAny = false;
        foreach ((SchedulerPeer worker, TasksFinished answer) in _answers)
        {
            if (answer.Tasks.Count == 0)
                continue;
            isAny = true;
            FinishedCount += answer.Tasks.Count;
            _machine.Handle(worker, answer, _now);
            answer.Tasks.Clear();
            answer.Attempts.Clear();
            answer.Bytes.Clear();
            answer.DurationUs.Clear();
        }

        return isAny;
    }

    private void Turn()
    {
        _now += TurnUs;
        _machine.EndTurn(_now);
        foreach (SchedulerPeer peer in _machine.DirtyPeers)
        {
            if (!_answers.TryGetValue(peer, out TasksFinished? answer))
                continue;
            peer.Collect(_outgoing);
            foreach (Message message in _outgoing)
            {
                if (message is ComputeTasks compute)
                    Note(compute, answer);
            }

            _outgoing.Clear();
        }

        _machine.TurnSent();
    }

    private static void Note(ComputeTasks compute, TasksFinished answer)
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
