using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>What clients are told of the tasks they want, under every id by which they want them.</content>
internal sealed partial class SchedulerMachine
{
    private void NotifyInMemory(int task, in TaskRow row, bool hasInline, ReadOnlySpan<byte> inline)
    {
        if (row.Has(TaskFlags.Wanted))
            TellInMemory(row.Submission, row.Index, row, hasInline, inline);
        if (!row.Has(TaskFlags.HasAliases))
            return;
        for (int link = _aliases.First(task); link >= 0; link = _aliases[link].Next)
        {
            if (_aliases[link].IsWanted)
                TellInMemory(_aliases[link].Submission, _aliases[link].Index, row, hasInline, inline);
        }
    }

    private void TellInMemory(int submission, int index, in TaskRow row, bool hasInline, ReadOnlySpan<byte> inline)
    {
        Submission record = _submissions[submission];
        if (record.Client is not { IsConnected: true } client)
            return;
        Dirty(client);
        TaskId id = new(record.Id, index);
        if (hasInline)
            client.Outbox.InMemory(id, row.Bytes, row.Worker, inline);
        else
            client.Outbox.InMemory(id, row.Bytes, row.Worker);
    }

    private void NotifyErred(int task, in TaskRow row, TaskError error)
    {
        if (row.Has(TaskFlags.Wanted))
            TellErred(row.Submission, row.Index, error);
        if (!row.Has(TaskFlags.HasAliases))
            return;
        for (int link = _aliases.First(task); link >= 0; link = _aliases[link].Next)
        {
            if (_aliases[link].IsWanted)
                TellErred(_aliases[link].Submission, _aliases[link].Index, error);
        }
    }

    private void TellErred(int submission, int index, TaskError error)
    {
        Submission record = _submissions[submission];
        if (record.Client is not { IsConnected: true } client)
            return;
        Dirty(client);
        client.Outbox.Erred(new TaskId(record.Id, index), error);
    }

    private void NotifyLost(int task, in TaskRow row, string reason)
    {
        if (row.Has(TaskFlags.Wanted))
            TellLost(row.Submission, row.Index, reason);
        if (!row.Has(TaskFlags.HasAliases))
            return;
        for (int link = _aliases.First(task); link >= 0; link = _aliases[link].Next)
        {
            if (_aliases[link].IsWanted)
                TellLost(_aliases[link].Submission, _aliases[link].Index, reason);
        }
    }

    private void TellLost(int submission, int index, string reason)
    {
        Submission record = _submissions[submission];
        if (record.Client is not { IsConnected: true } client)
            return;
        Dirty(client);
        client.Outbox.Lost(new TaskId(record.Id, index), reason);
    }

    private void TellReported(int submission, int index, ReadOnlySpan<byte> report)
    {
        Submission record = _submissions[submission];
        if (record.Client is not { IsConnected: true } client)
            return;
        Dirty(client);
        client.Outbox.Reported(new TaskId(record.Id, index), report);
    }

    /// <summary>Passes on what running tasks report.</summary>
    private void OnTasksReported(TasksReported message)
    {
        RequireRows(message.Tasks.Count, message.Reports.Count);
        for (int i = 0; i < message.Tasks.Count; i++)
        {
            int task = _submissions.FindTask(message.Tasks[i]);
            if (task < 0)
                continue;
            ref TaskRow row = ref _tasks[task];
            if (row.Has(TaskFlags.Wanted))
                TellReported(row.Submission, row.Index, message.Reports[i]);
            if (!row.Has(TaskFlags.HasAliases))
                continue;
            for (int link = _aliases.First(task); link >= 0; link = _aliases[link].Next)
            {
                if (_aliases[link].IsWanted)
                    TellReported(_aliases[link].Submission, _aliases[link].Index, message.Reports[i]);
            }
        }
    }

    /// <summary>Says where one entry of a submission stands, to a client that wants it and may not know.</summary>
    private void TellState(int submission, int index, int task)
    {
        ref TaskRow row = ref _tasks[task];
        if (row.State == TaskState.Memory)
            TellInMemory(submission, index, row, hasInline: false, default);
        else if (row.State == TaskState.Erred)
            TellErred(submission, index, InheritedError(task));
    }

    private static void RequireRows(int expected, int actual)
    {
        if (expected != actual)
            throw new MalformedMessageException($"a column of {actual} rows beside {expected} tasks");
    }
}
