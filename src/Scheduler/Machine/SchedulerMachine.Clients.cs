using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Clients: they come, come back within their lease, release, cancel, and go.</content>
internal sealed partial class SchedulerMachine
{
    private readonly Stack<int> _cancelling = new();
    private readonly HashSet<int> _cancelled = [];

    private bool HasLeases
    {
        get
        {
            foreach (SchedulerClient client in _clients)
            {
                if (!client.IsConnected)
                    return true;
            }

            return false;
        }
    }

    /// <summary>
    /// Takes in a client. One that is known by its incarnation keeps its tasks and is told where they stand; its
    /// earlier
    /// connection, if still there, is the shell's to close.
    /// </summary>
    public SchedulerClient ConnectClient(Hello hello, long now)
    {
        _now = now;
        SchedulerClient? client = _clients.Find(known => known.Hello.Incarnation == hello.Incarnation);
        if (client is null)
        {
            client = new SchedulerClient(hello);
            _clients.Add(client);
            RecordArrival(client, PeerRole.Client);
        }
        else
        {
            client.ClearOutbox();
            client.Held.Clear();
            client.IsConnected = true;
            client.LeaseEnd = long.MaxValue;
            TellAllStates(client);
            _coordination.Resume(client, now);
        }

        client.LastHeard = now;
        Dirty(client);
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not null)
                Introduce(worker, client.Outbox.Joined());
        }

        AskForAwaited();
        return client;
    }

    /// <summary>Takes in that a client's connection is gone: what it wants is kept for one lease.</summary>
    public void DisconnectClient(SchedulerClient client, long now)
    {
        _now = now;
        if (!client.IsConnected)
            return;
        client.IsConnected = false;
        client.LeaseEnd = now + _options.ClientLeaseUs;
        LeaveShipping(client, isGone: false);
        _coordination.Interrupt(client, now);
        LeaveTopics(client);
        _nextTick = Math.Min(_nextTick, now + _options.TickUs);
    }

    private void TellAllStates(SchedulerClient client)
    {
#if PLANTED
        if (Diagnostics.PlantedBug.Is(7))
            return;
#endif
        foreach (int number in client.Submissions)
        {
            Submission submission = _submissions[number];
            for (int index = 0; index < submission.TaskCount && submission.IsAccepted; index++)
            {
                int task = submission.Rows[index];
                if (task < 0)
                    continue;
                ref TaskRow row = ref _tasks[task];
                bool isOwn = row.Submission == number && row.Index == index;
                if (isOwn ? row.Has(TaskFlags.Wanted) : IsAliasWanted(task, number, index))
                    TellState(number, index, task);
            }
        }
    }

    private void CheckClientLeases()
    {
        for (int i = _clients.Count - 1; i >= 0; i--)
        {
            if (!_clients[i].IsConnected && _now >= _clients[i].LeaseEnd)
                DropClient(_clients[i], isPlanned: false);
        }
    }

    /// <summary>The client is gone for good: nobody wants what only it wanted.</summary>
    private void DropClient(SchedulerClient client, bool isPlanned)
    {
        client.IsConnected = false;
        _clients.Remove(client);
        RecordLeave(client, PeerRole.Client);
        LeaveShipping(client, isGone: true);
        _coordination.Leave(client, isPlanned, _now);
        LeaveTopics(client);
        LeaveRestarts(client);
        foreach (int number in client.Submissions.ToArray())
        {
            Submission submission = _submissions[number];
            if (!submission.IsAccepted)
            {
                Abandon(submission);
                continue;
            }

            for (int index = 0; index < submission.TaskCount; index++)
                DropWant(submission, index);

            // One that named tasks of others only has ended with its last want.
            submission.Client = null;
        }

        client.Submissions.Clear();
        Effects.Add(new SchedulerEffect(EffectLevel.Info, $"{client.Label} has left", client));
        Settle();
    }

    private void OnReleaseTasks(SchedulerClient client, ReleaseTasks message)
    {
        Record(client, message);
        foreach (TaskId id in message.Tasks.Span)
        {
            Submission? submission = _submissions.Find(id.Submission);
            if (submission is { IsAccepted: true } && submission.Client == client
                && (uint)id.Index < (uint)submission.TaskCount)
            {
                DropWant(submission, id.Index);
            }
        }
    }

    /// <summary>
    /// Cancels tasks and all that depends on them: the wants of the asking client end (with Force, everybody's), and
    /// what
    /// nobody wants any more is released. A task that another client wants runs on.
    /// </summary>
    private void OnCancelTasks(SchedulerClient client, CancelTasks message)
    {
        Record(client, message);
        foreach (TaskId id in message.Tasks.Span)
        {
            int task = _submissions.FindTask(id);
            if (task >= 0)
                _cancelling.Push(task);
        }

        while (_cancelling.TryPop(out int task))
        {
            if (!_cancelled.Add(task))
                continue;
            CancelWants(task, message.Force ? null : client, message.Reason);
            for (int edge = _tasks.FirstDependent(task); edge >= 0; edge = _edges[edge].Next)
                _cancelling.Push(_edges[edge].Dependent);
        }

        _cancelled.Clear();
    }

    private void CancelWants(int task, SchedulerClient? only, string reason)
    {
        ref TaskRow row = ref _tasks[task];
        Submission own = _submissions[row.Submission];
        if (row.Has(TaskFlags.Wanted) && (only is null || own.Client == only))
        {
            TellCancelled(own, row.Index, reason);
            DropWant(own, row.Index);
        }

        for (int link = row.Has(TaskFlags.HasAliases) ? _aliases.First(task) : -1; link >= 0;)
        {
            Alias alias = _aliases[link];
            link = alias.Next;
            Submission aliasing = _submissions[alias.Submission];
            if (!alias.IsWanted || (only is not null && aliasing.Client != only))
                continue;
            TellCancelled(aliasing, alias.Index, reason);
            DropWant(aliasing, alias.Index);
        }

        _unneeded.Push(task);
    }

    private void TellCancelled(Submission submission, int index, string reason)
    {
        if (submission.Client is not { IsConnected: true } client)
            return;
        Dirty(client);
        client.Outbox.Cancelled(new TaskId(submission.Id, index), reason);
    }
}
