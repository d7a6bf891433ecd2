using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>
/// A value on its way from one worker to another through the scheduler's process, piece by piece: either end may die, or stand still,
/// between two of them. What has begun to be read is read to its end, though it may be freed meanwhile.
/// </summary>
internal sealed class VirtualRelay(VirtualCluster cluster, ServerRequest.Relay relay, Action<RelayOutcome> onEnd)
{
    private const int MostPieces = 4;

    /// <summary>How long an end may say nothing.</summary>
    private const long PatienceUs = 2 * VirtualCluster.WorkerLeaseUs;

    private readonly VirtualWorker? _source = cluster.FindProcess(relay.SourceAddress);
    private readonly VirtualWorker? _target = cluster.FindProcess(relay.TargetAddress);
    private long _value;
    private int _piecesLeft;
    private bool _hasEnded;

    public void Start() => cluster.Time.After(cluster.Choices.Next(600), () =>
    {
        if (_source?.Served is not { } store || IsFrozen(_source) || _target?.Current is null)
        {
            End(RelayOutcome.Failed);
        }
        else if (!store.TryGetValue(relay.Task, out _value))
        {
            End(RelayOutcome.Missing);
        }
        else
        {
            _piecesLeft = cluster.Choices.Next(MostPieces);
            Pass(waitedUs: 0);
        }
    });

    private void Pass(long waitedUs)
    {
        var isSlow = IsFrozen(_source!) || IsFrozen(_target!);
        if (_source!.IsDead || _target!.Current is not { } target || (isSlow && waitedUs >= PatienceUs))
            End(RelayOutcome.Failed);
        else if (isSlow)
            cluster.Time.After(PatienceUs / 4, () => Pass(waitedUs + (PatienceUs / 4)));
        else if (_piecesLeft-- > 0)
            cluster.Time.After(cluster.Choices.Exponential(5_000), () => Pass(waitedUs: 0));
        else
            Put(target);
    }

    private void Put(Incarnation target)
    {
        target.Put(relay.Task, _value, isThere => cluster.Time.After(100, () =>
        {
            End(isThere ? RelayOutcome.Arrived : RelayOutcome.Failed);
            target.PutterGone([relay.Task]);
        }));
        Watch(waitedUs: 0);
    }

    /// <summary>The target may die, or fall silent, before it answers.</summary>
    private void Watch(long waitedUs)
    {
        if (_target!.IsDead || waitedUs >= PatienceUs)
            End(RelayOutcome.Failed);
        else if (!_hasEnded)
            cluster.Time.After(PatienceUs / 4, () => Watch(waitedUs + (PatienceUs / 4)), isWork: false);
    }

    private bool IsFrozen(VirtualWorker process) => process.FrozenUntilUs > cluster.Time.NowUs;

    private void End(RelayOutcome outcome)
    {
        if (_hasEnded)
            return;
        _hasEnded = true;
        cluster.Log?.Add($"{relay.Task} from {relay.SourceAddress} to {relay.TargetAddress}: {outcome}");
        onEnd(outcome);
    }
}
