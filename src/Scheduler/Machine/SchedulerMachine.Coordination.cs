using System.Text;
using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Futures inside coordination objects: the machine wants their tasks on the objects' behalf, as a client that is never
/// connected, and hands them over as aliases under the receiver's own submission.
/// </content>
internal sealed partial class SchedulerMachine : ICoordinationHost
{
    /// <summary>Keys beyond this are left out of a reply, which has to fit a frame; they are for people.</summary>
    private const int MaxKeyBytesPerReply = 256 << 10;

    private readonly SchedulerClient _keeper = new(new Hello { Name = "coordination" }) { IsConnected = false };
    private readonly CoordinationTable _coordination;
    private ulong _nextKeeping = 0xC000_0000_0000_0000;

    /// <summary>Locks, queues and their like.</summary>
    internal CoordinationTable Coordination => _coordination;

    void ICoordinationHost.Send(SchedulerClient client, Message message)
    {
        Dirty(client);
        client.Outbox.AddFirst(message);
    }

    void ICoordinationHost.Warn(string text) =>
        Effects.Add(new SchedulerEffect(EffectLevel.Warning, text, Close: null));

    ulong ICoordinationHost.Keep(ReadOnlySpan<TaskId> tasks, out string error)
    {
        foreach (TaskId id in tasks)
        {
            if (_submissions.FindTask(id) >= 0)
                continue;
            error = $"task {id} was never accepted or has been released; hold its future until it has been put";
            return 0;
        }

        error = "";
        return KeepAgain(tasks);
    }

    ulong ICoordinationHost.KeepAgain(ReadOnlySpan<TaskId> tasks) => KeepAgain(tasks);

    void ICoordinationHost.Drop(ulong keeping)
    {
        // Not there when its tasks were cancelled by force.
        if (_submissions.Find(keeping) is not { } submission)
            return;
        for (int index = 0; index < submission.TaskCount; index++)
            DropWant(submission, index);
    }

    bool ICoordinationHost.HandOver(
        List<SharedValue> values, SchedulerClient client, ulong submission, CoordinationReply reply)
    {
        int count = 0;
        foreach (SharedValue value in values)
            count += value.TaskCount;
        if (count == 0)
            return true;
        if (_submissions.Find(submission) is not null)
            return false;
        Submission receiving = OpenForAliases(submission, client, count);
        receiving.IsUnconfirmed = true;
        int index = 0;
        foreach (SharedValue value in values)
        {
            for (int i = 0; i < value.TaskCount; i++, index++)
            {
                int task = _submissions.FindTask(new TaskId(value.Keeping, i));
                if (task >= 0)
                    Want(receiving, index, task);
                bool isNamed = task >= 0 && reply.Keys.Bytes.Length < MaxKeyBytesPerReply;
                reply.Keys.Add(isNamed ? Encoding.UTF8.GetBytes(KeyOf(task, _tasks[task])) : []);
            }
        }

        RecordClaim(client, receiving);
        EndIfEmpty(receiving);
        return true;
    }

    void ICoordinationHost.Confirm(ulong submission)
    {
        if (_submissions.Find(submission) is { } receiving)
            receiving.IsUnconfirmed = false;
    }

    void ICoordinationHost.TellStates(SchedulerClient client, ulong submission, int count)
    {
        for (int index = 0; index < count; index++)
        {
            TaskId id = new(submission, index);
            int task = _submissions.FindTask(id);
            if (task >= 0)
                TellState(_submissions.Find(submission)!.Number, index, task);
            else
                client.Outbox.Lost(id, "it was cancelled before it was taken out");
        }
    }

    private Submission OpenForAliases(ulong id, SchedulerClient client, int count)
    {
        Submission submission = _submissions.Open(id, client);
        submission.KeyForm = KeyForm.Unique;
        submission.AllocateRows(count, withHashes: false);
        submission.IsAccepted = submission.IsClaim = true;
        return submission;
    }

    private ulong KeepAgain(ReadOnlySpan<TaskId> tasks)
    {
        while (_submissions.Find(_nextKeeping) is not null)
            _nextKeeping++;
        Submission keeping = OpenForAliases(_nextKeeping++, _keeper, tasks.Length);
        ulong id = keeping.Id;
        for (int i = 0; i < tasks.Length; i++)
        {
            int task = _submissions.FindTask(tasks[i]);
            if (task >= 0)
                Want(keeping, i, task);
        }

        EndIfEmpty(keeping);
        return id;
    }

    private void Want(Submission submission, int index, int task)
    {
        AddAlias(submission, index, task, isWanted: true);
        if (_tasks[task].State == TaskState.Released)
            Need(task);
    }
}
