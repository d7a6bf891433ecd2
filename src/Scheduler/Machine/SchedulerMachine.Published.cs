using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>In the journal: datasets, and wants of tasks that others have submitted.</content>
internal sealed partial class SchedulerMachine
{
    /// <summary>
    /// In a replay, stands for clients that have left: functions and tasks that they brought and others need are still
    /// there in their words.
    /// </summary>
    private readonly SchedulerClient _departed = new(new Hello { Name = "departed" }) { IsConnected = false };

    void ICoordinationHost.NoteDataset(string name, SharedValue? value)
    {
        if (Records)
            Journal!.Add(PeerRole.Scheduler, 0, Note(name, value), isDurable: true);
    }

    private void RecordClaim(SchedulerClient client, Submission claiming) => Record(client, ClaimOf(claiming));

    private DatasetNoted Note(string name, SharedValue? value)
    {
        DatasetNoted noted = new() { Name = name, IsRemoved = value is null, Value = value?.Bytes ?? [] };
        if (value is not { TaskCount: > 0 })
            return noted;
        if (_submissions.Find(value.Keeping) is { } keeping)
            AddTasks(noted.Tasks, keeping);
        else
            noted.Tasks.AddRange(new TaskId[value.TaskCount]);
        return noted;
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

        foreach ((string name, SharedValue value) in _coordination.Datasets)
            snapshot.Claims.Add(new JournalEntry(PeerRole.Scheduler, 0, Note(name, value), IsDurable: false));
    }

    /// <summary>After a replay: nobody is the client of what departed ones have brought.</summary>
    private void EndDeparted()
    {
        foreach (int number in _departed.Submissions)
            _submissions[number].Client = null;
        _departed.Submissions.Clear();
    }
}
