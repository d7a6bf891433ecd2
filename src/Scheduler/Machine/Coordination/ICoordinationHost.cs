using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>What the coordination objects need of the machine around them.</summary>
internal interface ICoordinationHost
{
    /// <summary>Puts a message into a client's outbox; the client is connected.</summary>
    void Send(SchedulerClient client, Message message);

    /// <summary>Writes a line to the scheduler's log.</summary>
    void Warn(string text);

    /// <summary>
    /// Wants tasks on the objects' own behalf, so that they outlive the clients' futures. Returns the number of the
    /// keeping submission, or 0 and why not.
    /// </summary>
    ulong Keep(ReadOnlySpan<TaskId> tasks, out string error);

    /// <summary>As <see cref="Keep"/>, with what is left of the tasks.</summary>
    ulong KeepAgain(ReadOnlySpan<TaskId> tasks);

    /// <summary>A dataset was published (or removed, if null): that is to outlive the process.</summary>
    void NoteDataset(string name, SharedValue? value);

    /// <summary>Ends what <see cref="Keep"/> began.</summary>
    void Drop(ulong keeping);

    /// <summary>
    /// Makes <paramref name="client"/> want the tasks of kept values under <paramref name="submission"/>, in order, and
    /// writes their keys into the reply. False if the number is taken.
    /// </summary>
    bool HandOver(List<SharedValue> values, SchedulerClient client, ulong submission, CoordinationReply reply);

    /// <summary>
    /// The receiver of <see cref="HandOver"/> knows of it: what it does not name as held it does not hold.
    /// </summary>
    void Confirm(ulong submission);

    /// <summary>Tells a client where the tasks of <see cref="HandOver"/> stand.</summary>
    void TellStates(SchedulerClient client, ulong submission, int count);
}
