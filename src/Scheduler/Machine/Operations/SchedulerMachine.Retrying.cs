using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Failed tasks run again on request, from the inputs that failed first.</content>
internal sealed partial class SchedulerMachine
{
    private const string KeyConflict = "key conflict: ";
    private const int MaxRetriedPerMessage = 1 << 14;
    private const string Cycle = "its tasks depend on each other in a circle: ";

    /// <summary>What the last <see cref="Revive"/> brought back: the task itself first.</summary>
    private readonly List<int> _revived = [];

    private readonly Dictionary<SchedulerClient, TasksRetried> _retried = [];

    private static RefusalKind RefusalKindOf(string error) =>
        error.StartsWith(KeyConflict, StringComparison.Ordinal) ? RefusalKind.KeyConflict
        : error.StartsWith(Cycle, StringComparison.Ordinal) ? RefusalKind.Cycle
        : RefusalKind.None;

    private void OnRetryTasks(SchedulerClient client, RetryTasks message)
    {
        Record(client, message);
        string error = "";
        int count = 0;
        foreach (TaskId id in message.Tasks.Span)
        {
            int task = _submissions.FindTask(id);
            if (task < 0)
                error = $"task {id} is not known any more; submit it again";
            else if (_tasks[task].State == TaskState.Erred && _tasks[task].Function < 0)
                error = $"{KeyOf(task, _tasks[task])} is lost data of a client; scatter it again";
            else if (_tasks[task].State == TaskState.Erred)
                count += Retry(task);
            else if (!_tasks[task].IsActive)
                error = $"{KeyOf(task, _tasks[task])} has not failed: it is {_tasks[task].State}";
        }

        _retried.Clear();
        AnswerOperation(client, message.RequestId, error, $"{count} tasks are run again");
    }

    /// <summary>Brings a failed task back; returns how many tasks come with it.</summary>
    private int Retry(int root)
    {
        Revive(root);
        int count = _revived.Count;

        // Clients are told before anything is placed: what they hear next of these tasks is of the new run.
        foreach (int task in _revived)
            TellRetried(task);
        foreach (int task in _revived)
        {
            if (IsWanted(task, _tasks[task]))
                Need(task);
            else
                _unneeded.Push(task);
        }

        return count;
    }

    private void TellRetried(int task)
    {
        ref TaskRow row = ref _tasks[task];
        if (row.Has(TaskFlags.Wanted))
            TellRetried(row.Submission, row.Index);
        for (int link = row.Has(TaskFlags.HasAliases) ? _aliases.First(task) : -1; link >= 0;)
        {
            Alias alias = _aliases[link];
            link = alias.Next;
            if (alias.IsWanted)
                TellRetried(alias.Submission, alias.Index);
        }
    }

    private void TellRetried(int submission, int index)
    {
        Submission record = _submissions[submission];
        if (record.Client is not { IsConnected: true } client)
            return;
        if (!_retried.TryGetValue(client, out TasksRetried? message) || message.Tasks.Count >= MaxRetriedPerMessage)
        {
            _retried[client] = message = new TasksRetried();
            Dirty(client);
            client.Outbox.AddFirst(message);
        }

        message.Tasks.Add(new TaskId(record.Id, index));
    }

    private void AnswerOperation(SchedulerClient client, ulong requestId, string error, string summary = "")
    {
        if (!client.IsConnected)
            return;
        Dirty(client);
        client.Outbox.AddReply(new OperationReply
        {
            RequestId = requestId,
            Error = error,
            Summary = error.Length == 0 ? summary : "",
        });
    }
}
