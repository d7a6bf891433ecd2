using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Journal;
using TaskGraph.Scheduler.Machine;
using TaskGraph.Transport;
using TaskGraph.Transport.Turns;

namespace TaskGraph.Scheduler.Server;

// What a scheduler keeps over a restart, and how an outdated one finds out.
public sealed partial class SchedulerServer
{
    private readonly HashSet<ulong> _recoveredClients = [];
    private readonly StateDirectory? _state;

    /// <summary>Replays the journal into the machine.</summary>
    private FileStream Recover(StateDirectory state, SchedulerMachine machine)
    {
        (FileStream file, long cut) = state.OpenJournal(record => machine.Replay(
            JournalFormat.RoleOf(record), JournalFormat.PeerOf(record), JournalFormat.MessageOf(record)));
        if (cut > 0)
            _options.Logger.LogWarning("{Journal}: {Bytes} bytes at its end were torn and are cut off", file.Name, cut);
        machine.StartAfterReplay(TurnDriver.NowUs);
        _recoveredClients.UnionWith(machine.RecoveredClients);
        return file;
    }

    /// <summary>
    /// Somebody has met a later scheduler of this cluster: this one has been replaced, and must decide nothing more.
    /// </summary>
    private bool IsReplaced(PendingConnection pending)
    {
        if (!SchedulerEpoch.IsStale(_epoch, pending.Hello.Epoch))
            return false;
        string reason = $"this scheduler is of epoch {(uint)_epoch}, and {pending.Hello.Role} {pending.Hello.Name} has met "
            + $"epoch {(uint)pending.Hello.Epoch} of the same cluster: it has been replaced, and stops";
        Refuse(pending, reason, RefusalCode.SchedulerReplaced);
        _loop.Stop(new StaleSchedulerException(reason));
        return true;
    }
}
