using TaskGraph.Messages;

namespace TaskGraph;

// What the scheduler's messages do to the futures.
internal sealed partial class ClientMachine
{
    /// <summary>Takes a message of the scheduler; false if it is none that concerns the machine.</summary>
    public bool Handle(Message message)
    {
        switch (message)
        {
            case TasksInMemory found:
                OnInMemory(found);
                return true;
            case SubmissionReply reply:
                OnReply(reply);
                return true;
            case TasksErred erred:
                OnErred(erred);
                return true;
            case TasksCancelled cancelled:
                OnEnded(cancelled.Tasks, FutureStatus.Cancelled, new FutureFailure.Cancelled(cancelled.Reason));
                return true;
            case TasksLost lost:
                OnEnded(lost.Tasks, FutureStatus.Lost, new FutureFailure.Lost(lost.Reason));
                return true;
            case WorkersJoined joined:
                Workers.Handle(joined);
                return true;
            case WorkersLeft left:
                Workers.Handle(left);
                return true;
            case WhoHasReply reply:
                Answer(reply.RequestId, reply);
                return true;
            case ClusterInfo reply:
                Answer(reply.RequestId, reply);
                return true;
            case CoordinationReply reply:
                Answer(reply.RequestId, reply);
                return true;
            case LeasesRenewed reply:
                Answer(reply.RequestId, reply);
                return true;
            case RunReply reply:
                Answer(reply.RequestId, reply);
                return true;
            case TasksRetried retried:
                OnRetried(retried);
                return true;
            case DumpReply reply:
                Answer(reply.RequestId, reply);
                return true;
            case TaskMoves reply:
                Answer(reply.RequestId, reply);
                return true;
            case LogReply reply:
                Answer(reply.RequestId, reply);
                return true;
            case TaskStreamReply reply:
                Answer(reply.RequestId, reply);
                return true;
            case TopicEvents reply:
                Answer(reply.RequestId, reply);
                return true;
            case TaskGroupsReply reply:
                Answer(reply.RequestId, reply);
                return true;
            case OperationReply reply:
                Answer(reply.RequestId, reply);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The set and slot of a task that somebody still waits for.</summary>
    public bool TryFind(TaskId task, out FutureSet set, out int slot)
    {
        slot = FutureSlot.None;
        if (!_sets.TryGetValue(task.Submission, out set!))
            return false;
        slot = set.SlotOf(task.Index);
        return slot != FutureSlot.None && !set[slot].IsReleased;
    }

    private void OnInMemory(TasksInMemory message)
    {
        var inlineRow = 0;
        FutureSet? set = null;
        for (var row = 0; row < message.Tasks.Count; row++)
        {
            var hasValue = inlineRow < message.InlineRows.Count && message.InlineRows[inlineRow] == row;
            var valueRow = hasValue ? inlineRow++ : FutureSlot.None;
            var task = message.Tasks[row];
            if (set?.Submission != task.Submission && !_sets.TryGetValue(task.Submission, out set))
                continue;
            var slot = set!.SlotOf(task.Index);
            if (slot == FutureSlot.None || set[slot].IsReleased)
                continue;
            ref var future = ref set[slot];
            if (future.Status is not (FutureStatus.Pending or FutureStatus.Finished))
                continue;
            future.Holder = message.Holder[row];
            if (hasValue && future.ValueColumn == FutureSlot.None)
            {
                future.ValueColumn = set.KeepValues(message.InlineValues);
                future.ValueRow = valueRow;
            }
            set.Become(slot, FutureStatus.Finished, null);
        }
    }

    private void OnErred(TasksErred message)
    {
        for (var row = 0; row < message.Tasks.Count; row++)
        {
            var task = message.Tasks[row];
            if (TryFind(task, out var set, out var slot))
                End(set, slot, FutureStatus.Error, new FutureFailure.Failed(message.Errors[row], task));
        }
    }

    private void OnRetried(TasksRetried message)
    {
        foreach (var task in message.Tasks.Span)
        {
            if (TryFind(task, out var set, out var slot) && set[slot].Status == FutureStatus.Error)
                set.Reopen(slot);
        }
    }

    private void OnEnded(MessageColumn<TaskId> tasks, FutureStatus status, FutureFailure failure)
    {
        foreach (var task in tasks.Span)
        {
            if (TryFind(task, out var set, out var slot))
                End(set, slot, status, failure);
        }
    }

    /// <summary>
    /// A finished future whose value is already here stays finished; one whose value is still on workers turns, since
    /// what computed it again has failed. An actor is gone although the reference to it is here.
    /// </summary>
    private static void End(FutureSet set, int slot, FutureStatus status, FutureFailure failure)
    {
        ref var future = ref set[slot];
#if PLANTED
        if (Diagnostics.PlantedBug.Is(19))
            set.Reopen(slot);
#endif
        var isActor = failure is FutureFailure.Failed { Error.Kind: TaskErrorKind.ActorLost };
        if (future.Status == FutureStatus.Pending
            || (future.Status == FutureStatus.Finished && (isActor || future.ValueColumn == FutureSlot.None)))
            set.Become(slot, status, failure);
    }

    private void OnReply(SubmissionReply reply)
    {
        if (!EndSubmission(reply.Submission))
            return;
        if (reply.Accepted || !_sets.TryGetValue(reply.Submission, out var set))
            return;
        // Scattered data counts as there before the scheduler has said so: such futures turn.
        var failure = new FutureFailure.Refused(reply.Error, reply.Refusal);
        for (var slot = 0; slot < set.Count; slot++)
        {
#if PLANTED
            if (Diagnostics.PlantedBug.Is(23) && set[slot].Status != FutureStatus.Pending)
                continue;
#endif
            if (!set[slot].IsReleased)
                End(set, slot, FutureStatus.Error, failure);
        }
    }

    private void Answer(ulong requestId, Message reply)
    {
        if (_requests.TryGetValue(requestId, out var request) && request.OnReply(reply))
            _requests.Remove(requestId);
    }
}
