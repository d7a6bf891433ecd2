using System.Runtime.InteropServices;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Placement;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// All decisions of the scheduler: pure and single-threaded. A turn is any number of stimuli (<see cref="Handle"/>,
/// peers that come and go) followed by one <see cref="EndTurn"/>, which places tasks; then the shell sends what each of
/// <see cref="DirtyPeers"/> has in its outbox, carries out <see cref="Effects"/>, and calls <see cref="TurnSent"/>.
/// Time is a number of microseconds from any fixed start.
/// </summary>
internal sealed partial class SchedulerMachine
{
    private readonly SchedulerMachineOptions _options;
    private readonly TaskTable _tasks = new();
    private readonly EdgeTable _edges = new();
    private readonly BlobTable _blobs = new();
    private readonly KeyTable _keys = new();
    private readonly ReplicaTable _replicas = new();
    private readonly AliasTable _aliases = new();
    private readonly SubmissionTable _submissions;
    private readonly FunctionTable _functions = new();
    private readonly AssemblyStore _assemblies;
    private readonly RestrictionTable _restrictions = new();
    private readonly TransitionLog _log = new();
    private readonly Dictionary<int, TaskExtras> _extras = [];
    private readonly Dictionary<int, TaskError> _errors = [];

    /// <summary>By number; null = gone.</summary>
    private readonly List<SchedulerWorker?> _workers = [];
    private readonly List<SchedulerClient> _clients = [];
    private readonly List<SchedulerPeer> _dirtyPeers = [];
    private readonly int[] _stateCounts = new int[8];
    private long _now;

    public SchedulerMachine(SchedulerMachineOptions options)
    {
        _options = options;
        if (HasTimeouts)
            _nextTick = 0;
        _submissions = new SubmissionTable(options.RememberedSubmissions);
        _assemblies = new AssemblyStore(options.MaxAssemblyBytes);
        _coordination = new CoordinationTable(this, options.MaxSharedBytes);
    }

    /// <summary>Peers whose outbox holds something after <see cref="EndTurn"/>.</summary>
    public IReadOnlyList<SchedulerPeer> DirtyPeers => _dirtyPeers;

    /// <summary>Log lines and connections to close.</summary>
    public List<SchedulerEffect> Effects { get; } = [];

    /// <summary>Workers that are connected.</summary>
    public int WorkerCount { get; private set; }

    /// <summary>Tasks with a record.</summary>
    public int TaskCount => _tasks.Count;

    /// <summary>
    /// When <see cref="EndTurn"/> is to be called even if nothing arrives; <see cref="long.MaxValue"/> = never.
    /// </summary>
    public long NextDeadline => Math.Min(
        Math.Min(Math.Min(_nextTick, _graceEnd), _speculateAt), Math.Min(_balanceAt, _coordination.NextDeadline));

    /// <summary>Takes in what <paramref name="peer"/> said at <paramref name="now"/>.</summary>
    public void Handle(SchedulerPeer peer, Message message, long now)
    {
        _now = now;

        // What a peer sent before it was given up is not for us any more.
        if (!peer.IsConnected)
            return;
        HeardFrom(peer);
        try
        {
            if (peer is SchedulerWorker worker)
                HandleWorker(worker, message);
            else
                HandleClient((SchedulerClient)peer, message);
            Settle();
        }
        catch (MalformedMessageException malformed)
        {
            Effects.Add(new SchedulerEffect(EffectLevel.Warning, $"{peer.Label}: {malformed.Message}", peer));
        }
    }

    /// <summary>Places what can be placed and completes the outboxes.</summary>
    public void EndTurn(long now)
    {
        _now = now;
        CheckDeadlines();
        _coordination.Expire(now);
        Settle();
        if (_retirements.Count > 0)
            AdvanceRetirements();
        CheckGrace();
        if (!IsInGrace)
            Place();
        Settle();
        Balance();
        if (!IsInGrace)
            Speculate();
        EndRecording();
        for (int i = _dirtyPeers.Count - 1; i >= 0; i--)
        {
            if (!_dirtyPeers[i].IsConnected)
                Undirty(i);
        }
    }

    /// <summary>Empties the outboxes and effects after the shell has sent and carried them out.</summary>
    public void TurnSent()
    {
        for (int i = _dirtyPeers.Count - 1; i >= 0; i--)
            Undirty(i);
        Effects.Clear();
        Requests.Clear();
    }

    /// <summary>State of a task, Forgotten if there is no record.</summary>
    public TaskState StateOf(TaskId id)
    {
        int task = _submissions.FindTask(id);
        return task < 0 ? TaskState.Forgotten : _tasks[task].State;
    }

    /// <summary>What happened to a task, as far as remembered.</summary>
    public string Story(TaskId id) => _log.Story(id);

    private void HandleWorker(SchedulerWorker worker, Message message)
    {
        switch (message)
        {
            case TasksFinished finished: OnTasksFinished(worker, finished); break;
            case TasksFailed failed: OnTasksFailed(worker, failed); break;
            case TasksRetracted retracted: OnTasksRetracted(worker, retracted); break;
            case TasksSeceded seceded: OnTasksSeceded(worker, seceded); break;
            case ReplicasAdded added: OnReplicasAdded(worker, added); break;
            case ReplicasRemoved removed: OnReplicasRemoved(worker, removed); break;
            case ReplicasNotAcquired missed: OnReplicasNotAcquired(worker, missed); break;
            case DataMissing missing: OnDataMissing(worker, missing); break;
            case TransfersMeasured measured: OnTransfersMeasured(worker, measured); break;
            case TasksReported reported: OnTasksReported(reported); break;
            case EventLogged logged: OnEventLogged(worker, logged); break;
            case FunctionResult result: OnFunctionResult(worker, result); break;
            case NeedAssemblies need: OnNeedAssemblies(worker, need); break;
            case LogReply log: OnLogReply(worker, log); break;
            case TaskMoves moves: OnTaskMoves(worker, moves); break;
            case DumpReply dump: OnDumpReply(worker, dump); break;
            case WorkerLeaving leaving: OnWorkerLeaving(worker, leaving); break;
            case WorkerInventory inventory: OnWorkerInventory(worker, inventory); break;
            case Heartbeat heartbeat: OnHeartbeat(worker, heartbeat); break;
            case PredecessorDied dead: OnPredecessorDied(worker, dead); break;
            case Goodbye goodbye: LoseWorker(worker, $"said goodbye: {goodbye.Reason}", isPlanned: true); break;
            default: throw new MalformedMessageException($"a worker does not send {message.Kind}");
        }
    }

    private void HandleClient(SchedulerClient client, Message message)
    {
        switch (message)
        {
            case SubmitTasks submit: OnSubmitTasks(client, submit); break;
            case ReleaseTasks release: OnReleaseTasks(client, release); break;
            case TasksHeld held: OnTasksHeld(client, held); break;
            case CancelTasks cancel: OnCancelTasks(client, cancel); break;
            case DefineFunction define: OnDefineFunction(client, define); break;
            case AssemblyBytes chunk: OnAssemblyBytes(client, chunk); break;
            case RegisterData data: OnRegisterData(client, data); break;
            case SpansNoted noted: OnSpansNoted(client, noted); break;
            case TaskGroupsRequest groups: OnTaskGroupsRequest(client, groups); break;
            case EventLogged logged: OnEventLogged(client, logged); break;
            case TaskStreamRequest stream: OnTaskStreamRequest(client, stream); break;
            case EventsRequest events: OnEventsRequest(client, events); break;
            case TopicSubscribed subscribed: OnTopicSubscribed(client, subscribed); break;
            case ClaimTasks claim: OnClaimTasks(client, claim); break;
            case WhoHas whoHas: OnWhoHas(client, whoHas); break;
            case ClusterInfoRequest request: OnClusterInfoRequest(client, request); break;
            case RunOnWorkers run: OnRunOnWorkers(client, run); break;
            case RetryTasks retry: OnRetryTasks(client, retry); break;
            case ReplicateTasks replicate: OnReplicateTasks(client, replicate); break;
            case RebalanceWorkers rebalance: OnRebalanceWorkers(client, rebalance); break;
            case RetireWorkers retire: OnRetireWorkers(client, retire); break;
            case StoryRequest story: OnStoryRequest(client, story); break;
            case DumpRequest dump: OnDumpRequest(client, dump); break;
            case ShutdownCluster shutdown: OnShutdownCluster(client, shutdown); break;
            case RestartWorkers restart: OnRestartWorkers(client, restart); break;
            case RunOnScheduler run: OnRunOnScheduler(client, run); break;
            case LogRequest log: OnLogRequest(client, log); break;
            case TaskMovesRequest moves: OnTaskMovesRequest(client, moves); break;
            case Heartbeat: break;
            case CoordinationCall call: _coordination.Handle(client, call, _now); break;
            case RenewLeases renew: _coordination.Handle(client, renew, _now); break;
            case CallsPending pending: _coordination.Handle(client, pending); break;
            case Goodbye: DropClient(client, isPlanned: true); break;
            default: throw new MalformedMessageException($"a client does not send {message.Kind}");
        }
    }

    /// <summary>Notes that the peer's outbox holds something.</summary>
    private void Dirty(SchedulerPeer peer)
    {
        if (peer.IsDirty)
            return;
        peer.IsDirty = true;
        _dirtyPeers.Add(peer);
    }

    private void Undirty(int position)
    {
        SchedulerPeer peer = _dirtyPeers[position];
        peer.ClearOutbox();
        peer.IsDirty = false;
        _dirtyPeers[position] = _dirtyPeers[^1];
        _dirtyPeers.RemoveAt(_dirtyPeers.Count - 1);
    }

    /// <summary>
    /// The task that workers know under this id, −1 = none. Of tasks with one key only the first one's id is dispatched; after
    /// a restart that may be another than before, and what a worker has under the former one is of no use to anybody.
    /// </summary>
    private int FindDispatched(TaskId id)
    {
        int task = _submissions.FindTask(id);
        return task >= 0 && !IsDispatchedAs(task, id) ? -1 : task;
    }

    private bool IsDispatchedAs(int task, TaskId id) => !_tasks[task].Has(TaskFlags.HasAliases) || IdOf(_tasks[task]) == id;

    private static TaskId IdOf(in TaskRow row) => row.Id;

    private bool IsWanted(int task, in TaskRow row) =>
        row.Has(TaskFlags.Wanted) || (row.Has(TaskFlags.HasAliases) && _aliases.IsWanted(task));

    /// <summary>The user's name for a task, empty if it has none.</summary>
    private ReadOnlySpan<byte> NameOf(int task, in TaskRow row)
    {
        if (!row.Has(TaskFlags.HasExtras))
            return default;
        int offset = CollectionsMarshal.GetValueRefOrNullRef(_extras, task).NameOffset;
        return offset < 0 ? default : _blobs.Prefixed(row.Blob, offset);
    }

    /// <summary>What people call a task: its name, or function name and id.</summary>
    private string KeyOf(int task, in TaskRow row)
    {
        ReadOnlySpan<byte> name = NameOf(task, row);
        if (name.Length > 0)
            return System.Text.Encoding.UTF8.GetString(name);
        string function = row.Function < 0 ? "data" : _functions[row.Function].Definition.Name;
        return $"{function}-{IdOf(row)}";
    }
}

/// <summary>
/// A message whose fields do not fit together: its sender is not one of ours, and its connection is closed.
/// </summary>
internal sealed class MalformedMessageException(string message) : TaskGraphException(message);
