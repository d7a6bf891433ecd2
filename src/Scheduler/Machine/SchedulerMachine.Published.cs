using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>In the journal: coordination objects, and wants of tasks that others have submitted.</content>
internal sealed partial class SchedulerMachine
{
    /// <summary>
    /// In a replay, stands for clients that have left: functions and tasks that they brought and others need are still
    /// there in their words.
    /// </summary>
    private readonly SchedulerClient _departed = new(new Hello { Name = "departed" }) { IsConnected = false };

    private long _lastNote;
    private long _committed;

    bool ICoordinationHost.IsReplaying => _isReplaying;

    long ICoordinationHost.UnwrittenNote => _lastNote > _committed ? _lastNote : 0;

    void ICoordinationHost.Note(SharedNoted noted, SharedValue? value)
    {
        if (!Records)
            return;
        Journal!.Add(PeerRole.Scheduler, 0, With(noted, value), isDurable: true);
        _lastNote = Journal!.Sequence;
    }

    SchedulerClient? ICoordinationHost.FindReplayed(ulong incarnation) => _replayed.GetValueOrDefault(incarnation);

    void ICoordinationHost.HandOverAgain(ulong submission, int count, CoordinationReply reply)
    {
        for (int index = 0; index < count; index++)
        {
            int task = _submissions.FindTask(new TaskId(submission, index));
            bool isNamed = task >= 0 && reply.Keys.Bytes.Length < MaxKeyBytesPerReply;
            reply.Keys.Add(isNamed ? System.Text.Encoding.UTF8.GetBytes(KeyOf(task, _tasks[task])) : []);
        }

        if (_submissions.Find(submission) is { } receiving)
            receiving.IsUnconfirmed = true;
    }

    ulong ICoordinationHost.HashOf(SharedValue value)
    {
        ulong hash = (ulong)value.TaskCount;
        foreach (TaskId id in TasksOf(value).Span)
            hash = Mix(hash, id.Submission + (ulong)id.Index);
        return hash;
    }

    private void RecordClaim(SchedulerClient client, Submission claiming) => Record(client, ClaimOf(claiming));

    private SharedNoted With(SharedNoted noted, SharedValue? value)
    {
        if (value is null)
            return noted;
        noted.Value = value.Bytes;
        noted.Tasks.AddRange(TasksOf(value).Span);
        return noted;
    }

    /// <summary>The tasks of a value; no task's names for those that are gone.</summary>
    private MessageColumn<TaskId> TasksOf(SharedValue value)
    {
        MessageColumn<TaskId> tasks = new();
        if (_submissions.Find(value.Keeping) is { } keeping)
            AddTasks(tasks, keeping);
        else
            tasks.AddRange(new TaskId[value.TaskCount]);
        return tasks;
    }

    private ClaimTasks ClaimOf(Submission claiming)
    {
        ClaimTasks claim = new() { Submission = claiming.Id };
        AddTasks(claim.Tasks, claiming);
        return claim;
    }

    /// <summary>The tasks by the names that their own submissions give them; no task's for those that are gone.</summary>
    private void AddTasks(MessageColumn<TaskId> tasks, Submission claiming)
    {
        for (int index = 0; index < claiming.TaskCount; index++)
            tasks.Add(claiming.Rows[index] < 0 ? default : IdOf(_tasks[claiming.Rows[index]]));
    }

    /// <summary>What is to be told between the submissions and their first settling.</summary>
    private void AddClaims(JournalSnapshot snapshot)
    {
        foreach (Submission submission in _submissions.All)
        {
            if (submission is not { IsClaim: true, Client: { } client } || client == _keeper)
                continue;
            snapshot.Claims.Add(
                new JournalEntry(PeerRole.Client, client.Hello.Incarnation, ClaimOf(submission), IsDurable: false));
        }

        foreach ((Message message, SharedValue? value) in _coordination.Snapshot())
        {
            if (message is SharedNoted noted)
                With(noted, value);
            snapshot.Claims.Add(new JournalEntry(PeerRole.Scheduler, 0, message, IsDurable: false));
        }
    }

    /// <summary>After a replay: nobody is the client of what departed ones have brought.</summary>
    private void EndDeparted()
    {
        foreach (int number in _departed.Submissions)
            _submissions[number].Client = null;
        _departed.Submissions.Clear();
    }
}
