using TaskGraph.Messages;
using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>Inputs from other workers: requests, their ends, fail-over.</summary>
internal sealed partial class WorkerMachine
{
    private int _nextRequest;
    private int _nextPeer;
    private long _bytesInFlight;

    /// <summary>A request has ended.</summary>
    public void Handle(FetchOutcome outcome, long nowUs)
    {
        _nowUs = nowUs;
        if (!_requests.Remove(outcome.RequestId, out var request))
            throw new InvalidOperationException($"Request {outcome.RequestId} ended twice.");
        var peer = request.Peer;
        peer.IsAsked = false;
        _bytesInFlight -= request.Bytes;
        var wasReached = false;
        var arrived = 0L;
        for (var i = 0; i < request.Rows.Count; i++)
        {
            var status = outcome.Statuses[i];
            wasReached |= status != FetchStatus.Unreachable;
            if (status == FetchStatus.Found)
            {
                arrived += outcome.Bytes[i];
                Arrived(request.Rows[i], i, outcome.Bytes[i]);
            }
            else
            {
                NotArrived(request.Rows[i], peer, status);
            }
        }

        if (arrived >= TransfersMeasured.LeastBytes)
            Outbox.Transferred(peer.Number, arrived, nowUs - request.StartUs);

        if (wasReached)
        {
            peer.FailureCount = 0;
        }
        else
        {
            peer.NotBeforeUs = nowUs + (Options.FailurePauseUs << Math.Min(peer.FailureCount, 5));
            peer.FailureCount++;
            GiveUpPending(peer);
        }
    }

    /// <summary>What else was to come from a peer that cannot be reached is sought elsewhere too.</summary>
    private void GiveUpPending(Peer peer)
    {
        while (!peer.IsFormer && peer.Pending.TryPop(out var entry))
        {
            ref var task = ref _tasks[entry.Row];
            if (task.Serial != entry.Serial || task.State != Fetch || !task.IsHeldBy(peer.Number))
                continue;
            task.RemoveHolder(peer.Number);
            if (task.HolderCount > 0)
                continue;
            Move(entry.Row, Missing);
            ReportMissing(task.Id, peer.Number, isGone: false);
        }
    }

    private void Arrived(int row, int index, long bytes)
    {
        ref var task = ref _tasks[row];
        if (task.State == Cancelled)
        {
            ReleaseAndForget(row);
            return;
        }

        var isWantedAsTask = task.State == Resumed;
        Outbox.Instructions.Add(new Instruction(InstructionKind.Store, index, row, task.Id));
        Enter(row, Memory, bytes);
        ReportReplica(row);
        if (isWantedAsTask)
        {
            // Dispatched here while its value was on the way from another worker: the value answers the dispatch.
            task.HasSpec = false;
            ReportFinished(row, durationUs: 0, inline: null);
            ReleaseInputs(row);
        }
    }

    private void NotArrived(int row, Peer peer, FetchStatus status)
    {
        ref var task = ref _tasks[row];
        if (status == FetchStatus.Busy)
        {
            peer.NotBeforeUs = _nowUs + Options.BusyPauseUs;
        }
        else if (!peer.IsFormer)
        {
#if PLANTED
            if (!Diagnostics.PlantedBug.Is(15) || status != FetchStatus.Missing)
#endif
            task.RemoveHolder(peer.Number);
            if (status == FetchStatus.Missing)
                ReportMissing(task.Id, peer.Number, isGone: true);
        }

        if (task.State == Cancelled)
        {
            ReleaseAndForget(row);
        }
        else if (task.State == Resumed)
        {
            Move(row, Waiting);
            AwaitInputs(row);
        }
        else if (task.HolderCount > 0)
        {
            BecomeFetch(row);
        }
        else
        {
            Move(row, Missing);
            if (peer.IsFormer)
                ReportMissing(task.Id, Options.OwnNumber, isGone: false);
            else if (status == FetchStatus.Unreachable)
                ReportMissing(task.Id, peer.Number, isGone: false);
        }
    }

    private void BecomeFetch(int row)
    {
        Move(row, Fetch);
        QueueAtHolders(row);
    }

    /// <summary>
    /// To Fetch if a holder is known; else to Missing, and the scheduler learns which holder it was that failed.
    /// </summary>
    private void FetchOrMiss(int row, int named, bool isGone)
    {
        if (_tasks[row].HolderCount > 0)
        {
            BecomeFetch(row);
            return;
        }

        Move(row, Missing);
        ReportMissing(_tasks[row].Id, named, isGone);
    }

    private void QueueAtHolders(int row)
    {
        ref var task = ref _tasks[row];
        for (var i = 0; i < task.HolderCount; i++)
            _peers[task.Holders[i]].Pending.Push(task.Priority, row, task.Serial);
    }

    /// <summary>Asks idle peers, in turn, for as much as one request may hold.</summary>
    private void StartRequests()
    {
        NextWakeUs = long.MaxValue;
        if (IsPaused)
            return;
        for (var i = 0; i < _peerList.Count; i++)
        {
            if (_requests.Count >= Options.MaxRequests
                || (_requests.Count > 0 && _bytesInFlight >= Options.MaxBytesInFlight))
            {
                return;
            }

            if (++_nextPeer >= _peerList.Count)
                _nextPeer = 0;
            var peer = _peerList[_nextPeer];
            if (peer.IsAsked || peer.Pending.Count == 0)
                continue;
            if (peer.NotBeforeUs > _nowUs)
                NextWakeUs = Math.Min(NextWakeUs, peer.NotBeforeUs);
            else
                StartRequest(peer);
        }
    }

    private void StartRequest(Peer peer)
    {
        var request = new FetchRequest(++_nextRequest, peer) { StartUs = _nowUs };
        while (peer.Pending.Count > 0 && request.Rows.Count < Options.MaxRequestKeys)
        {
            var head = peer.Pending.Head;
            ref var task = ref _tasks[head.Row];
            var isStale = task.Serial != head.Serial || task.State != Fetch || !task.IsHeldBy(peer.Number);
            if (!isStale && request.Rows.Count > 0 && request.Bytes + task.Bytes > Options.MaxRequestBytes)
                break;
            peer.Pending.TryPop(out _);
            if (isStale)
                continue;
            request.Tasks.Add(task.Id);
            request.Rows.Add(head.Row);
            request.Bytes += task.Bytes;
            Move(head.Row, Flight);
        }

        if (request.Rows.Count == 0)
            return;
        peer.IsAsked = true;
        _bytesInFlight += request.Bytes;
        _requests.Add(request.Id, request);
        Outbox.Instructions.Add(new Instruction(InstructionKind.StartFetch, request.Id, -1, default));
    }

    private void ReportReplica(int row)
    {
        Outbox.Added.Tasks.Add(_tasks[row].Id);
        Outbox.Added.Bytes.Add(_tasks[row].Bytes);
    }

    private void ReportMissing(TaskId id, int holder, bool isGone)
    {
        Outbox.Missing.Tasks.Add(id);
        Outbox.Missing.Holders.Add(holder);
        Outbox.Missing.Gone.Add(isGone ? (byte)1 : (byte)0);
    }
}
