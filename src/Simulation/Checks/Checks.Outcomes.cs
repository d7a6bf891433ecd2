namespace TaskGraph.Simulation;

/// <summary>What each future has become is what the serial evaluator says, and what happened to it.</summary>
internal sealed partial class Checks
{
    private const int PoisonedAfter = 3;

    /// <summary>14 and values: every future of every client, once nothing goes wrong any more.</summary>
    public void Outcomes()
    {
        foreach (var client in _cluster.Clients.Where(client => !client.IsGone))
        {
            foreach (var held in client.Futures.Where(held => !held.IsReleased))
            {
                held.RequireSettled();
                Outcome(held);
            }
        }
    }

    /// <summary>
    /// 16: who holds a value by the scheduler's account can serve it, unless it was told meanwhile to drop a copy, and it is
    /// the right one.
    /// </summary>
    public void HolderServes(TaskId asked, TaskId storedAs, int worker, long expected)
    {
        var holder = _cluster.Incarnations.FindLast(i => i.IsCurrent && i.Number == worker);
        Require(holder is not null, asked, $"its holder {worker} is gone");
        if (!holder!.Store.TryGetValue(storedAs, out var value))
        {
            Require(HasDropped(worker, storedAs), asked, $"its holder {worker} has not got it");
            return;
        }

        Require(value == expected, asked, $"worker {worker} holds {value}; computed serially it is {expected}");
    }

    private void Outcome(Held held)
    {
        switch (held.Status)
        {
            case FutureStatus.Finished:
                Require(!held.Work.Fails, held.Id, "it finished, and should have failed");
                if (held.Set.TryInlineValue(held.Slot, out var bytes))
                    Require(BitConverter.ToInt64(bytes.Span) == held.Work.Value, held.Id, "its value is wrong");
                break;
            case FutureStatus.Error when held.Set.FailureOf(held.Slot) is FutureFailure.Failed { Error: var error }:
                Require(IsExpected(error, held.Work.WithAncestors()), held.Id, $"it failed with {error.Kind} {error.Message}");
                break;
            default:
                NoValue(held, held.Set.FailureOf(held.Slot));
                break;
        }
    }

    private bool IsExpected(TaskError error, HashSet<Work> family) => error.Kind switch
    {
        TaskErrorKind.Poisoned => family.Any(work => DeathsSeen(work) >= PoisonedAfter
            || (work.IsSpeculative && _cluster.Events.LossCount >= PoisonedAfter)),
        TaskErrorKind.OutOfMemory => _cluster.Events.HasReportedMemory
            && family.Any(work => DeathsSeen(work) > 1 || (work.IsSpeculative && _cluster.Events.LossCount > 1)),
        TaskErrorKind.ActorLost => _cluster.Events.LossCount > 0 && family.Any(work => work.IsActor),
        TaskErrorKind.InputLost => HasLostData(family),
        _ when error.Message == "no code" => _cluster.Events.HasCodeFailed,
        _ => family.Any(work =>
            (work.Behaviour is Behaviour.Throws or Behaviour.ThrowsOnce or Behaviour.SecedesAndThrows

                // Where code is missing, that takes retries, too.
                || (work.Behaviour == Behaviour.ThrowsAtFirst && _cluster.Events.HasCodeFailed))
            && error.Message == $"boom {work.Salt}"),
    };

    private void NoValue(Held held, FutureFailure? failure)
    {
        var family = held.Work.WithAncestors();
        var isExcused = failure switch
        {
            // Where data lies is no longer known when its registration was lost.
            FutureFailure.SchedulerLost => _cluster.Events.CrashCount > 0
                || (_cluster.Events.RestartCount > 0 && held.Work.Behaviour == Behaviour.Data),
            FutureFailure.Lost => _cluster.Events.HasOutlivedLease || _cluster.Events.CrashCount > 0
                || family.Overlaps(_cluster.Events.Cancelled) || HasLostData(family),

            // A submission is refused whole when one of its inputs was cancelled, or came with a refused one.
            FutureFailure.Refused => _cluster.Events.HasOutlivedLease || _cluster.Events.CrashCount > 0
                || _cluster.Events.Cancelled.Count > 0 || held.Work.Behaviour == Behaviour.Data
                || (_cluster.Has(Faults.Scatters) && _cluster.Events.LossCount > 0),
            FutureFailure.Cancelled => family.Overlaps(_cluster.Events.Cancelled),
            _ => false,
        };
        Require(isExcused, held.Id, $"it ended as {failure}, and nothing excuses that");
    }

    /// <summary>Values that clients have put on workers are lost with them.</summary>
    private bool HasLostData(HashSet<Work> family) =>
        _cluster.Events.LossCount > 0 && family.Any(work => work.Behaviour == Behaviour.Data);
}
