using System.Diagnostics;
using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// Tells the scheduler which leases are still held. Not said again: the next heartbeat says what is true then.
/// </summary>
internal sealed class LeaseRenewal(RenewLeases message, HeldLease[] leases) : ClientRequest
{
    private readonly long _sent = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Message Message => message;

    public override bool IsRepeatable => false;

    /// <summary>Completes when the scheduler has answered.</summary>
    public Task Done => _done.Task;

    public override bool OnReply(Message reply)
    {
        if (reply is not LeasesRenewed answer)
            return false;
        foreach (var lease in leases)
        {
            if (answer.Lost.Span.Contains(lease.Token))
                lease.End();
            else
                lease.Extend(_sent);
        }
        _done.TrySetResult();
        return true;
    }

    public override void OnLost(FutureFailure failure) => _done.TrySetException(failure.ToException(""));
}
