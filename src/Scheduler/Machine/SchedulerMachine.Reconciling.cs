using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// After a client's reconnect: its account of what it holds against ours. Either side's last words may have been lost.
/// </content>
internal sealed partial class SchedulerMachine
{
    private void OnTasksHeld(SchedulerClient client, TasksHeld message)
    {
        foreach (TaskId id in message.Tasks.Span)
            client.Held.Add(id);
        if (!message.IsLast)
            return;
        foreach (int number in client.Submissions.ToArray())
        {
            if (!_submissions[number].IsUnconfirmed)
                DropUnheld(client, _submissions[number]);
        }

        foreach (TaskId id in client.Held)
        {
            if (IsWantedBy(client, id))
                continue;
            Dirty(client);
            client.Outbox.Lost(id, "it was cancelled while its client was away, or its client was away for too long");
        }

        client.Held.Clear();
        client.Held.TrimExcess();
    }

    private void DropUnheld(SchedulerClient client, Submission submission)
    {
        ReleaseTasks released = new();

        // Dropping the last want of an alias may end the submission: its count of tasks is then 0.
        for (int index = 0; index < submission.TaskCount && submission.IsAccepted; index++)
        {
            TaskId id = new(submission.Id, index);
            if (submission.Rows[index] >= 0 && !client.Held.Contains(id) && DropWant(submission, index))
                released.Tasks.Add(id);
        }

        if (released.Tasks.Count > 0)
            Record(client, released);
    }

    private bool IsWantedBy(SchedulerClient client, TaskId id)
    {
        if (_submissions.Find(id.Submission) is not { } submission || submission.Client != client)
            return false;
        if (!submission.IsAccepted)
            return true;
        int task = _submissions.FindTask(id);
        if (task < 0)
            return false;
        ref TaskRow row = ref _tasks[task];
        bool isOwn = row.Submission == submission.Number && row.Index == id.Index;
        return isOwn ? row.Has(TaskFlags.Wanted) : IsAliasWanted(task, submission.Number, id.Index);
    }
}
