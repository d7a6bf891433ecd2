using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// After a restart: the journal is replayed through the same handlers that took the words in the first time, with
/// nobody connected. Then for a time of grace nothing is placed: workers that ran on come back with what they hold.
/// </content>
internal sealed partial class SchedulerMachine
{
    private readonly Dictionary<ulong, SchedulerClient> _replayed = [];
    private readonly Dictionary<ulong, string> _expected = [];
    private readonly Dictionary<ulong, SubmissionKept> _kept = [];

    /// <summary>Tasks that only later submissions need are not to be forgotten before these have come.</summary>
    private bool _isInSnapshot;
    private long _graceEnd = long.MaxValue;

    /// <summary>Whether the machine waits for workers that it knew before its restart.</summary>
    public bool IsInGrace => _graceEnd != long.MaxValue;

    /// <summary>Incarnations of the clients that the journal knew.</summary>
    public IEnumerable<ulong> RecoveredClients => _replayed.Keys;

    /// <summary>Takes in one entry of the journal. All of them come before anything else.</summary>
    public void Replay(PeerRole role, ulong peer, Message message)
    {
        _isReplaying = true;
        switch (role)
        {
            case PeerRole.Client: ReplayClient(peer, message); break;
            case PeerRole.Worker: ReplayWorker(peer, message); break;
            default: ReplayOwn(message); break;
        }

        if (!_isInSnapshot)
            Settle();
        _isReplaying = false;
    }

    /// <summary>The journal has been replayed: clients have one lease to come back, workers a time of grace.</summary>
    public void StartAfterReplay(long now)
    {
        _now = now;
        foreach (SchedulerClient client in _clients)
            client.LeaseEnd = now + _options.ClientLeaseUs;
        foreach (Submission submission in _submissions.All.ToArray())
        {
            // Its client has no answer yet, and submits it again.
            if (!submission.IsAccepted)
                Abandon(submission);
        }

        EndDeparted();
        _coordination.StartAfterReplay(now);
        _kept.Clear();
        _keptInputs.Clear();
        Effects.Clear();
        _graceEnd = now + (_expected.Count > 0 ? _options.GraceUs : 0);
        _nextTick = now + _options.TickUs;
        Effects.Add(new SchedulerEffect(
            EffectLevel.Info,
            $"recovered {_tasks.Count} tasks in {_submissions.Count} submissions of {_clients.Count} clients; "
                + $"{_expected.Count} workers are expected back",
            Close: null));
    }

    private void ReplayClient(ulong incarnation, Message message)
    {
        if (message is Hello hello)
        {
            SchedulerClient known = new(hello) { IsConnected = false };
            _replayed[incarnation] = known;
            _clients.Add(known);
        }
        else if (_replayed.TryGetValue(incarnation, out SchedulerClient? client))
        {
            if (message is Goodbye)
                _replayed.Remove(incarnation);
            HandleClient(client, message);
        }
        else if (message is DefineFunction or AssemblyBytes or SubmitTasks or RegisterData or SpansNoted)
        {
            HandleClient(_departed, message);
        }
    }

    private void ReplayWorker(ulong incarnation, Message message)
    {
        if (message is Hello hello)
            _expected[incarnation] = hello.Name;
        else
            _expected.Remove(incarnation);
    }

    private void ReplayOwn(Message message)
    {
        switch (message)
        {
            case SubmissionKept kept:
                _isInSnapshot = kept.Submission != 0;
                _kept[kept.Submission] = kept;
                break;
            case InputsKept inputs:
                ReplayInputs(inputs);
                break;
            case SpansNoted noted:
                OnSpansNoted(client: null, noted);
                break;
            case AttemptsNoted noted:
                for (int i = 0; i < noted.Tasks.Count; i++)
                {
                    int task = _submissions.FindTask(noted.Tasks[i]);
                    if (task >= 0)
                        _tasks[task].Attempt = noted.Attempts[i];
                }

                break;
            case DatasetNoted noted:
                _coordination.Restore(noted);
                break;
            case SharedNoted noted:
                _coordination.Restore(noted);
                break;
            case SharedAnswered answered:
                _coordination.Restore(answered);
                break;
            case TasksErred erred:
                for (int i = 0; i < erred.Tasks.Count; i++)
                {
                    int task = _submissions.FindTask(erred.Tasks[i]);
                    if (task >= 0)
                        Fail(task, erred.Errors[i]);
                }

                break;
        }
    }

    /// <summary>A worker of this name is there: nobody else need be waited for under it.</summary>
    private void NoLongerExpected(SchedulerWorker worker)
    {
        if (_expected.Count == 0)
            return;
        foreach ((ulong incarnation, string name) in _expected.ToArray())
        {
            if (name == worker.Name || incarnation == worker.Hello.FormerIncarnation)
                _expected.Remove(incarnation);
        }
    }

    /// <summary>Ends the grace when its time is over or all known workers are back.</summary>
    private void CheckGrace()
    {
        if (_graceEnd == long.MaxValue || (_now < _graceEnd && (_expected.Count > 0 || HasReturning())))
            return;
        _graceEnd = long.MaxValue;
        if (_expected.Count > 0)
        {
            Effects.Add(new SchedulerEffect(
                EffectLevel.Warning, $"workers that did not come back: {string.Join(", ", _expected.Values)}", Close: null));
        }

        _expected.Clear();
        for (int task = 0; task < _tasks.HighWater; task++)
        {
            ref TaskRow row = ref _tasks[task];
            if (row.Function < 0 && row.IsActive)
                Fail(task, LostError(task, row));
        }

        Settle();
    }

    private bool HasReturning()
    {
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is { Status: WorkerStatus.Returning })
                return true;
        }

        return false;
    }
}
