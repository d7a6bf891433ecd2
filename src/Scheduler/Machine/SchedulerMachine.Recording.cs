using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// What goes into the journal. A submission is answered when the shell says that it is on disk; everything else is
/// written a little later and answered at once.
/// </content>
internal sealed partial class SchedulerMachine
{
    private readonly Queue<(long Sequence, SchedulerClient Client, ulong Submission)> _uncommitted = new();
    private AttemptsNoted? _attempts;
    private bool _isReplaying;

    /// <summary>Entries for the journal; null when none is kept.</summary>
    public JournalOutbox? Journal { get; init; }

    private bool Records => Journal is not null && !_isReplaying;

    /// <summary>Everything up to entry <paramref name="sequence"/> is on disk: submissions among it are answered.</summary>
    public void Committed(long sequence, long now)
    {
        _now = now;
        _committed = Math.Max(_committed, sequence);
        _coordination.Committed(sequence);
        while (_uncommitted.TryPeek(out var first) && first.Sequence <= sequence)
        {
            _uncommitted.Dequeue();
            Reply(first.Client, first.Submission, error: "");
        }
    }

    /// <summary>Completes the entries of a turn.</summary>
    private void EndRecording()
    {
        if (_attempts is null)
            return;
        Journal!.Add(PeerRole.Scheduler, 0, _attempts);
        _attempts = null;
    }

    private void Record(SchedulerClient client, Message message)
    {
        if (Records)
            Journal!.Add(PeerRole.Client, client.Hello.Incarnation, message);
    }

    private void RecordArrival(SchedulerPeer peer, PeerRole role)
    {
        if (Records)
        {
            Hello hello = new() { Role = role, Name = NameOf(peer), Incarnation = peer.Hello.Incarnation };
            Journal!.Add(role, peer.Hello.Incarnation, hello);
        }
    }

    private void RecordLeave(SchedulerPeer peer, PeerRole role)
    {
        if (Records)
            Journal!.Add(role, peer.Hello.Incarnation, new Goodbye());
    }

    /// <summary>Records what a client has submitted, and answers it: at once, or when it is on disk.</summary>
    private void RecordAndReply(SchedulerClient client, ulong submission, Message last)
    {
        if (!Records)
        {
            Reply(client, submission, error: "");
            return;
        }

        Journal!.Add(PeerRole.Client, client.Hello.Incarnation, last, isDurable: true);
        _uncommitted.Enqueue((Journal!.Sequence, client, submission));
    }

    /// <summary>A submission that is known already was said again.</summary>
    private void ReplyAgain(SchedulerClient client, ulong submission)
    {
        foreach ((_, SchedulerClient waiting, ulong id) in _uncommitted)
        {
            if (id == submission && waiting == client)
                return;
        }

        Reply(client, submission, error: "");
    }

    private void RecordFailure(int task, in TaskRow row, TaskError error)
    {
        if (!Records)
            return;
        TasksErred erred = new();
        erred.Tasks.Add(IdOf(row));
        erred.Errors.Add(error);
        Journal!.Add(PeerRole.Scheduler, 0, erred);
    }

    /// <summary>
    /// A first attempt need not be noted: a value that comes back with any number is taken then. From the second on,
    /// the number tells the latest run from those before.
    /// </summary>
    private void RecordAttempt(in TaskRow row)
    {
        if (!Records)
            return;
        _attempts ??= new AttemptsNoted();
        _attempts.Tasks.Add(IdOf(row));
        _attempts.Attempts.Add(row.Attempt);
        if (_attempts.Tasks.Count >= Protocol.MaxTasksPerMessage)
            EndRecording();
    }

    private static string NameOf(SchedulerPeer peer) => peer is SchedulerWorker worker ? worker.Name : peer.Hello.Name;
}
