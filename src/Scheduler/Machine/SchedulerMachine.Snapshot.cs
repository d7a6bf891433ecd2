using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>What of the journal's content still counts, and a number that two machines with the same content share.</content>
internal sealed partial class SchedulerMachine
{
    /// <summary>
    /// What a shorter journal has to say beside the submissions themselves, whose first words are kept: who is there,
    /// and which tasks of which submissions are left (<see cref="SubmissionKept"/>), which failed, which ran again.
    /// </summary>
    public JournalSnapshot Snapshot()
    {
        EndRecording();
        JournalSnapshot snapshot = new();
        foreach (SchedulerClient client in _clients)
        {
            snapshot.First.Add(new JournalEntry(
                PeerRole.Client,
                client.Hello.Incarnation,
                new Hello { Role = PeerRole.Client, Name = client.Hello.Name, Incarnation = client.Hello.Incarnation },
                IsDurable: false));
        }

        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is null)
                continue;
            Hello hello = new() { Role = PeerRole.Worker, Name = worker.Name, Incarnation = worker.Hello.Incarnation };
            snapshot.First.Add(new JournalEntry(PeerRole.Worker, hello.Incarnation, hello, IsDurable: false));
        }

        foreach (Submission submission in _submissions.All)
        {
            if (submission.IsClaim)
                continue;
            snapshot.Kept.Add(submission.Id, submission.IsAccepted ? Keep(submission) : null);
            if (submission.SpansNoted is { } spans)
                snapshot.Spans.Add(submission.Id, spans);
#if PLANTED
            if (!Diagnostics.PlantedBug.Is(33))
#endif
            if (submission.IsAccepted)
                KeepInputs(submission, snapshot);
        }

        AddClaims(snapshot);
        AddStates(snapshot);
        return snapshot;
    }

    /// <summary>
    /// A hash of all that the journal promises to keep: clients, tasks, inputs, wants, coordination objects. Equal before a restart and
    /// after; what workers know (states, holders) is not in it.
    /// </summary>
    internal ulong DurableHash()
    {
        ulong hash = (ulong)_tasks.Count;
        foreach (Submission submission in _submissions.All)
        {
            if (submission.IsAccepted && submission.Client != _keeper)
                hash += HashOf(submission);
        }

        return hash + _coordination.DurableHash();
    }

    private SubmissionKept Keep(Submission submission)
    {
        int bytes = (submission.TaskCount + 7) / 8;
        SubmissionKept kept = new() { Submission = submission.Id, Live = new byte[bytes], Wanted = new byte[bytes] };
        for (int index = 0; index < submission.TaskCount; index++)
        {
            int task = submission.Rows[index];
            if (task < 0)
                continue;
            byte bit = (byte)(1 << (index & 7));
            kept.Live[index >> 3] |= bit;
            if (IsEntryWanted(submission, index, task))
                kept.Wanted[index >> 3] |= bit;
        }

        return kept;
    }

    private bool IsEntryWanted(Submission submission, int index, int task)
    {
        ref TaskRow row = ref _tasks[task];
        bool isOwn = row.Submission == submission.Number && row.Index == index;
        return isOwn ? row.Has(TaskFlags.Wanted) : IsAliasWanted(task, submission.Number, index);
    }

    private void AddStates(JournalSnapshot snapshot)
    {
        AttemptsNoted attempts = new();
        for (int task = 0; task < _tasks.HighWater; task++)
        {
            ref TaskRow row = ref _tasks[task];
            if (row.State == TaskState.Forgotten)
                continue;
            if (row.Attempt > 1)
            {
                attempts.Tasks.Add(IdOf(row));
                attempts.Attempts.Add(row.Attempt);
            }

            if (attempts.Tasks.Count >= Protocol.MaxTasksPerMessage)
            {
                snapshot.Last.Add(new JournalEntry(PeerRole.Scheduler, 0, attempts, IsDurable: false));
                attempts = new AttemptsNoted();
            }

            if (row.State != TaskState.Erred)
                continue;
            TasksErred erred = new();
            erred.Tasks.Add(IdOf(row));
            erred.Errors.Add(_errors[task]);
            snapshot.Last.Add(new JournalEntry(PeerRole.Scheduler, 0, erred, IsDurable: false));
        }

        if (attempts.Tasks.Count > 0)
            snapshot.Last.Add(new JournalEntry(PeerRole.Scheduler, 0, attempts, IsDurable: false));
    }

    private ulong HashOf(Submission submission)
    {
        ulong hash = Mix(submission.Id, submission.Client?.Hello.Incarnation ?? 0);
        for (int index = 0; index < submission.TaskCount; index++)
        {
            int task = submission.Rows[index];
            if (task < 0)
                continue;
            ref TaskRow row = ref _tasks[task];
            TaskId id = IdOf(row);
            hash = Mix(hash, (ulong)index);
            hash = Mix(hash, id.Submission + (ulong)id.Index);
            hash = Mix(hash, IsEntryWanted(submission, index, task) ? 1UL : 0);
            hash = Mix(hash, row.Function < 0 ? 0 : _functions[row.Function].Definition.Id.Low);
            for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
            {
                TaskId input = IdOf(_tasks[_edges[edge].Dependency]);
                hash = Mix(hash, input.Submission + (ulong)input.Index);
            }
        }

        return hash;
    }

    private static ulong Mix(ulong hash, ulong value) => System.Numerics.BitOperations.RotateLeft(hash ^ value, 27) * 0x9E37_79B9_7F4A_7C15;
}
