using System.Diagnostics.CodeAnalysis;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Placement;

namespace TaskGraph.Scheduler.Machine;

/// <content>The whole cluster stopped, and workers replaced by fresh processes.</content>
internal sealed partial class SchedulerMachine
{
    private readonly List<Restart> _restarts = [];

    /// <summary>What the process around the machine is to do after this turn.</summary>
    public List<ServerRequest> Requests { get; } = [];

    private void OnShutdownCluster(SchedulerClient client, ShutdownCluster message)
    {
        string reason = message.Reason.Length > 0 ? message.Reason : $"{client.Label} has shut the cluster down";
        Effects.Add(new SchedulerEffect(EffectLevel.Info, $"the cluster ends: {reason}", Close: null));
        AnswerOperation(client, message.RequestId, error: "", $"{WorkerCount} workers were sent away");
        Requests.Add(new ServerRequest.Stop(reason));
    }

    private void OnRestartWorkers(SchedulerClient client, RestartWorkers message)
    {
        string error = NameNobodyHas(message.Workers);
        if (error.Length > 0)
        {
            AnswerOperation(client, message.RequestId, error);
            return;
        }

        string reason = $"{client.Label} restarts {(message.Workers.Length == 0 ? "the cluster" : "this worker")}";
        if (message.ForgetsTasks)
        {
            Record(client, message);
            ForgetAllTasks(reason);
        }

        // The workers were restarted when it was said.
        if (_isReplaying)
            return;
        Restart restart = new(client, message.RequestId);
        foreach (SchedulerWorker? worker in _workers)
        {
            if (!CanRestart(worker) || (message.Workers.Length > 0 && !RestrictionTable.Matches(message.Workers, worker)))
                continue;
            restart.Leaving.Add(worker);
            worker.Status = WorkerStatus.Retiring;
            MarkLoad(worker);
            Dirty(worker);
            worker.Outbox.AddFirst(new RestartProcess { Reason = reason });
        }

        restart.Awaited = restart.Leaving.Count;
        Effects.Add(new SchedulerEffect(EffectLevel.Info, $"{reason}: {restart.Awaited} workers", Close: null));
        _restarts.Add(restart);
        EndRestarts();
    }

    /// <summary>Ends everybody's wants: what runs is aborted, what is held freed, and every future cancelled.</summary>
    private void ForgetAllTasks(string reason)
    {
        foreach (SchedulerClient client in _clients)
            ForgetTasksOf(client, reason);
        ForgetTasksOf(_keeper, reason);
    }

    private void ForgetTasksOf(SchedulerClient client, string reason)
    {
        foreach (int number in client.Submissions.ToArray())
        {
            Submission submission = _submissions[number];
            if (!submission.IsAccepted)
                continue;
            ulong id = submission.Id;
            for (int index = 0, count = submission.TaskCount; index < count; index++)
            {
                if (!DropWant(submission, index) || !client.IsConnected)
                    continue;
                Dirty(client);
                client.Outbox.Cancelled(new TaskId(id, index), reason);
            }
        }
    }

    private string NameNobodyHas(string[] words)
    {
        foreach (string word in words)
        {
            if (!_workers.Exists(worker => worker is not null && RestrictionTable.Matches([word], worker)))
                return $"no worker of name, address or host {word} is connected";
            if (!_workers.Exists(worker => CanRestart(worker) && RestrictionTable.Matches([word], worker)))
                return $"{word} is leaving the cluster and will not come back: there is nothing to restart";
        }

        return "";
    }

    /// <summary>Whether it will come back: not if it has been told to go, or goes of its own accord.</summary>
    private bool CanRestart([NotNullWhen(true)] SchedulerWorker? worker) =>
        worker is not null
        && !_retirements.Exists(retirement => retirement.Worker == worker && (retirement.IsSentAway || retirement.IsLeaving));

    private void NoteRestarted()
    {
        foreach (Restart restart in _restarts)
            restart.BackCount++;
        EndRestarts();
    }

    private void NoteGone(SchedulerWorker worker)
    {
        foreach (Restart restart in _restarts)
            restart.Leaving.Remove(worker);
        EndRestarts();
    }

    /// <summary>Nobody waits for them any more: a worker that never comes back would keep them for ever.</summary>
    private void LeaveRestarts(SchedulerClient client) => _restarts.RemoveAll(restart => restart.Client == client);

    /// <summary>Restarts that somebody waits for, for checks.</summary>
    internal int RestartCount => _restarts.Count;

    private void EndRestarts()
    {
        for (int i = _restarts.Count - 1; i >= 0; i--)
        {
            Restart restart = _restarts[i];
            if (restart.Leaving.Count > 0 || restart.BackCount < restart.Awaited)
                continue;
            _restarts.RemoveAt(i);
            AnswerOperation(restart.Client, restart.RequestId, error: "", $"{restart.Awaited} workers are back");
        }
    }

    /// <summary>Workers that were told to come back as fresh processes.</summary>
    private sealed class Restart(SchedulerClient client, ulong requestId)
    {
        public SchedulerClient Client { get; } = client;

        public ulong RequestId { get; } = requestId;

        /// <summary>Those that have not gone yet.</summary>
        public HashSet<SchedulerWorker> Leaving { get; } = [];

        /// <summary>How many workers are to join until it is over.</summary>
        public int Awaited { get; set; }

        public int BackCount { get; set; }
    }
}
