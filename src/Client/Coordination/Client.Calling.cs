using TaskGraph.Messages;

namespace TaskGraph;

// Calls of coordination objects, and the renewal of leases.
public sealed partial class Client
{
    private readonly HashSet<HeldLease> _leases = [];

    /// <summary>Tells the scheduler now that these leases are held; completes with its answer.</summary>
    internal async Task RenewAsync(HeldLease[] leases, CancellationToken cancellation)
    {
        LeaseRenewal renewal;
        lock (_gate)
        {
            ThrowIfUnusable();
            renewal = Renew(leases);
            Transmit();
        }
        await renewal.Done.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>With every heartbeat, connected or not. Under the lock.</summary>
    private void RenewLeases()
    {
        _leases.RemoveWhere(static lease =>
        {
            if (lease.IsValid)
                return false;
            lease.End();
            return true;
        });
        if (_machine.IsConnected && (_leases.Count > 0 || _machine.HasAnswered))
            Renew([.. _leases]);
    }

    /// <summary>The scheduler has forgotten the leases, or this client has given them up. Under the lock.</summary>
    private void EndLeases()
    {
        foreach (var lease in _leases)
            lease.End();
        _leases.Clear();
    }

    private LeaseRenewal Renew(HeldLease[] leases)
    {
        var message = new RenewLeases { RequestId = _machine.NewRequest() };
        foreach (var lease in leases)
            message.Tokens.Add(lease.Token);
        _machine.TakeAnswered(message.Answered);
        var renewal = new LeaseRenewal(message, leases);
        _machine.Ask(message.RequestId, renewal);
        return renewal;
    }

    private static CoordinationCall NewCall(
        SharedKind kind, SharedOperation operation, string name, TimeSpan? timeout) => new()
        {
            Target = kind,
            Operation = operation,
            Name = name,
            TimeoutMs = timeout is { } limit && limit != Timeout.InfiniteTimeSpan
                ? (int)Math.Clamp(Math.Ceiling(limit.TotalMilliseconds), 0, int.MaxValue)
                : -1,
        };

    /// <summary>Makes a call of which only the end matters.</summary>
    private async Task SaidAsync(CoordinationCall call, object? keptAlive, CancellationToken cancellation)
    {
        await CallAsync(call, cancellation).ConfigureAwait(false);
        GC.KeepAlive(keptAlive);
    }

    /// <summary>
    /// Makes a call and waits for its end. Giving up is a question, too: the scheduler says whether it came in time, so
    /// that nothing that was taken or granted gets lost.
    /// </summary>
    private async Task<CoordinationRequest> CallAsync(CoordinationCall call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        CoordinationRequest request;
        lock (_gate)
        {
            ThrowIfUnusable();
            call.RequestId = _machine.NewRequest();
            _machine.TakeAnswered(call.Answered);
            request = new CoordinationRequest(this, _machine, call);
            _machine.Ask(call.RequestId, request);
            Transmit();
        }
        CoordinationReply reply;
        using (cancellation.UnsafeRegister(_ => GiveUp(call, request), null))
            reply = await AnswerAsync(request).ConfigureAwait(false);
        var label = LabelOf(call.Target, call.Name);
        return reply.Outcome switch
        {
            SharedOutcome.Done => request,
            SharedOutcome.TimedOut => throw new TimeoutException(
                $"{call.Operation} of {label} did not come to its turn within {call.TimeoutMs} ms."),
            SharedOutcome.Cancelled => throw new OperationCanceledException(cancellation),
            SharedOutcome.LeaseLost => throw new LeaseLostException(label, (long)call.Token),
            SharedOutcome.Missing => throw new KeyNotFoundException($"There is no {label}."),
            _ => throw new CoordinationException(label, reply.Error),
        };
    }

    private void GiveUp(CoordinationCall call, CoordinationRequest request)
    {
        lock (_gate)
        {
            if (request.Answer.IsCompleted)
                return;
            // Said now, and with the call itself should the connection be cut before.
            call.IsCancelled = true;
            _machine.GiveUp(new CoordinationCall
            {
                RequestId = call.RequestId,
                Target = call.Target,
                Operation = call.Operation,
                Name = call.Name,
                IsCancelled = true,
            });
            Transmit();
        }
    }

    private static async Task<CoordinationReply> AnswerAsync(CoordinationRequest request)
    {
        var answer = request.Answer;
        if (TaskContext.Current is { } context
            && await Task.WhenAny(answer, Task.Delay(s_slotPatience)).ConfigureAwait(false) != answer)
            context.Secede();
        return await answer.ConfigureAwait(false);
    }
}
