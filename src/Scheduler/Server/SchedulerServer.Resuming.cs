using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;
using TaskGraph.Transport;

namespace TaskGraph.Scheduler.Server;

// Workers that were cut off: resumed when they dial again, looked for meanwhile.
public sealed partial class SchedulerServer
{
    /// <summary>Pauses between looks at the address of a worker that was cut off, in milliseconds.</summary>
    private static readonly int[] s_lookPausesMs = [0, 50, 100, 200, 400, 800, 1600];

    /// <summary>Has a worker that dials again go on with its session.</summary>
    internal void Resume(PendingConnection pending, PeerSession session) => _ = ResumeAsync(pending, session);

    /// <summary>
    /// A link ends at once when the process at its other end dies, and so it does when a cable is cut somewhere. If
    /// nobody listens at the worker's own address, it has died: the loop is told, and need not wait for the lease.
    /// </summary>
    internal void LookFor(PeerSession session) => _ = LookForAsync(session);

    private async Task ResumeAsync(PendingConnection pending, PeerSession session)
    {
        await session.Resuming.WaitAsync();
        try
        {
            // The worker knows better than this end whether the old link is of any use.
            session.Connection.Cut("the worker has dialled anew");
            await session.Receiving;
            if (!await pending.ResumeAsync(session.Connection))
                return;
            await _loop.BringAsync(new Arrival { Kind = ArrivalKind.Resumed, Session = session });
            session.Receiving = ReceiveAsync(session);
        }
        catch (Exception e) when (e is TaskGraphException or ChannelClosedException)
        {
            _options.Logger.LogDebug("{Address} could not resume its session: {Reason}", pending.RemoteAddress, e.Message);
        }
        catch (Exception e)
        {
            _options.Logger.LogError(e, "resuming the session of {Address} has failed", pending.RemoteAddress);
        }
        finally
        {
            session.Resuming.Release();
        }
    }

    private async Task LookForAsync(PeerSession session)
    {
        try
        {
            if (session.Peer is not SchedulerWorker worker)
                return;
            Address address = Address.Parse(worker.Address);
            Hello hello = new() { Role = PeerRole.Data, Name = "scheduler" };
            foreach (int pauseMs in s_lookPausesMs)
            {
                await Task.Delay(pauseMs, _stopping.Token);
                if (!session.IsCutOff)
                    return;
                if (!await IsRefusedAsync(address, hello))
                    continue;
                await _loop.BringAsync(new Arrival
                {
                    Kind = ArrivalKind.WorkerGone,
                    Session = session,
                    Reason = $"its connection is gone and nobody listens at {address}",
                });
                return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException or TaskGraphException)
        {
            _options.Logger.LogDebug("no more looking for a worker: {Reason}", e.Message);
        }
    }

    private async Task<bool> IsRefusedAsync(Address address, Hello hello)
    {
        try
        {
            await using Connection _ = await Connection.ConnectAsync(address, hello, cancellationToken: _stopping.Token);
            return false;
        }
        catch (ConnectionLostException e)
        {
            return e.IsRefused;
        }
        catch (TaskGraphException)
        {
            return false;
        }
    }
}
