using TaskGraph.Messages;
using TaskGraph.Worker.Machine;
using TaskGraph.Worker.Storage;

namespace TaskGraph.Worker.Server;

/// <summary>Copies made because the scheduler asked for them, a request per holder at a time.</summary>
internal sealed partial class WorkerLoop
{
    private const int MaxReplicasPerRequest = 64;
    private const long MaxReplicaBytesPerRequest = 50_000_000;

    /// <summary>Requests that wait for their turn: one at a time, so that copying does not flood the memory.</summary>
    private readonly Queue<FetchRequest> _replicaRequests = new();

    // The machine counts its own requests upwards from one, on the same connections.
    private int _nextReplicaRequest = -1;
    private bool _isCopying;

    private void Acquire(AcquireReplicas message)
    {
        var open = new Dictionary<int, FetchRequest>();
        for (var i = 0; i < message.Tasks.Count; i++)
        {
            var task = message.Tasks[i];
            var holder = message.Holders[i];
            if (_machine.TryConfirm(task, NowUs()))
                continue;
            if (!_addresses.TryGetValue(holder, out var address))
            {
                _machine.Outbox.NotAcquired.Tasks.Add(task);
                continue;
            }

            if (!open.TryGetValue(holder, out var request) || request.Tasks.Count == MaxReplicasPerRequest
                || request.Bytes + message.Bytes[i] > MaxReplicaBytesPerRequest)
            {
                open[holder] = request = new FetchRequest(_nextReplicaRequest--, new Peer(holder, address));
                _replicaRequests.Enqueue(request);
            }

            request.Tasks.Add(task);
            request.Bytes += message.Bytes[i];
        }

        StartCopying();
    }

    private void StartCopying()
    {
        if (_isCopying || !_replicaRequests.TryDequeue(out var request))
            return;
        _isCopying = true;
        _ = _peers.FetchAsync(request, result => Mailbox.Post(new ReplicaArrival(request, result)));
    }

    private void TakeReplica(ReplicaArrival arrival)
    {
        _isCopying = false;
        for (var i = 0; i < arrival.Request.Tasks.Count; i++)
        {
            var task = arrival.Request.Tasks[i];
            if (arrival.Result.Statuses[i] != FetchStatus.Found)
                _machine.Outbox.NotAcquired.Tasks.Add(task);
            else if (_machine.AcceptReplica(task, arrival.Result.Bytes[i], NowUs()))
                Store.Put(StoredValue.OfPayload(task, arrival.Result.Values[i]));
        }

        StartCopying();
    }
}
