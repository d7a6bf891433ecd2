using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>Tasks to be given up, until they have ended.</summary>
internal sealed class Cancellation(TaskId[] tasks, string reason, bool force)
{
    public TaskId[] Tasks { get; } = tasks;

    public string Reason { get; } = reason;

    public bool Force { get; } = force;

    /// <summary>Whether it has been said on this connection.</summary>
    public bool IsSaid { get; set; }

    /// <summary>Whether nobody waits for the tasks' ends: it is to be said once.</summary>
    public bool IsOver { get; set; }
}

// What is to be given up is said after the submissions that it names, and said again after a cut that may have swallowed it.
internal sealed partial class ClientMachine
{
    private readonly List<Cancellation> _cancels = [];

    /// <summary>Asks the scheduler to give tasks up; it is asked on every new connection until <see cref="EndCancel"/>.</summary>
    public Cancellation Cancel(TaskId[] tasks, string reason, bool force)
    {
        var cancel = new Cancellation(tasks, reason, force);
        _cancels.Add(cancel);
        SayCancels();
        return cancel;
    }

    /// <summary>The tasks have ended, or nobody waits for that any more.</summary>
    public void EndCancel(Cancellation cancel)
    {
        cancel.IsOver = true;
        if (cancel.IsSaid)
            _cancels.Remove(cancel);
    }

    private void SayCancels()
    {
        for (var i = 0; i < _cancels.Count && IsConnected; i++)
        {
            if (_cancels[i].IsSaid || Array.Exists(_cancels[i].Tasks, IsUnsent))
                continue;
            Say(_cancels[i]);
            if (_cancels[i].IsOver)
                _cancels.RemoveAt(i--);
        }
    }

    private void Say(Cancellation cancel)
    {
        cancel.IsSaid = true;
        for (ReadOnlySpan<TaskId> rest = cancel.Tasks; rest.Length > 0;)
        {
            var message = new CancelTasks { Reason = cancel.Reason, Force = cancel.Force };
            message.Tasks.AddRange(NextBatch(ref rest));
            Outbox.Add(message);
        }
    }

    /// <summary>Its submission's large arguments are on their way to workers still.</summary>
    private bool IsUnsent(TaskId task) => _unanswered.TryGetValue(task.Submission, out var submission) && !submission.IsSent;

    /// <summary>A new connection: whether the last one carried them is not known.</summary>
    private void SayCancelsAgain() => _cancels.ForEach(static cancel => cancel.IsSaid = false);
}
