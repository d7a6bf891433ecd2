using TaskGraph.Worker.Machine;

namespace TaskGraph.Simulation;

/// <summary>Copies made because the scheduler asked for them, a request per holder at a time, as the worker's loop does.</summary>
internal sealed partial class Incarnation
{
    private readonly Dictionary<int, string> _addresses = [];
    private readonly Queue<FetchRequest> _replicaRequests = new();
    private int _nextReplicaRequest = -1;
    private bool _isCopying;

    private sealed record ReplicaArrival(FetchRequest Request, FetchedValues Result);

    private void Join(WorkersJoined message)
    {
        for (var i = 0; i < message.Numbers.Count; i++)
            _addresses[message.Numbers[i]] = message.Addresses[i];
        Machine.Handle(message, _cluster.Time.NowUs);
    }

    private void Leave(WorkersLeft message)
    {
        Machine.Handle(message, _cluster.Time.NowUs);
        foreach (var number in message.Numbers.Span)
            _addresses.Remove(number);
    }

    private void Acquire(AcquireReplicas message)
    {
        var open = new Dictionary<int, FetchRequest>();
        for (var i = 0; i < message.Tasks.Count; i++)
        {
            var (task, holder) = (message.Tasks[i], message.Holders[i]);
            if (Machine.TryConfirm(task, _cluster.Time.NowUs))
                continue;
            if (!_addresses.TryGetValue(holder, out var address))
            {
                Machine.Outbox.NotAcquired.Tasks.Add(task);
                continue;
            }

            if (!open.TryGetValue(holder, out var request))
            {
                open[holder] = request = new FetchRequest(_nextReplicaRequest--, new Peer(holder, address));
                _replicaRequests.Enqueue(request);
            }

            request.Tasks.Add(task);
        }

        StartCopying();
    }

    private void StartCopying()
    {
        if (_isCopying || !_replicaRequests.TryDequeue(out var request))
            return;
        _isCopying = true;
        Fetch(request, result => Post(new ReplicaArrival(request, result)));
    }

    private void TakeReplica(ReplicaArrival arrival)
    {
        _isCopying = false;
        for (var i = 0; i < arrival.Request.Tasks.Count; i++)
        {
            var task = arrival.Request.Tasks[i];
            if (arrival.Result.Statuses[i] != FetchStatus.Found)
                Machine.Outbox.NotAcquired.Tasks.Add(task);
            else if (Machine.AcceptReplica(task, arrival.Result.Bytes[i], _cluster.Time.NowUs))
                Keep(task, arrival.Result.Values[i]);
        }

        StartCopying();
    }
}
