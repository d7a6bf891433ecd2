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

    /// <summary>Whether a journal is being replayed: what it says is taken in, and nothing more is concluded from it.</summary>
    bool IsReplaying { get; }

    /// <summary>Writes down what is to outlive the process; <paramref name="value"/> is what it is about, if anything.</summary>
    void Note(SharedNoted noted, SharedValue? value);

    /// <summary>The last of what was noted, if it is not on disk yet, else 0. No reply is said before it is.</summary>
    long UnwrittenNote { get; }

    /// <summary>A client that the journal knows; null = it has left.</summary>
    SchedulerClient? FindReplayed(ulong incarnation);

    /// <summary>
    /// After a replay of what <see cref="HandOver"/> did: the receiver may not know of it. Adds its tasks' keys to the reply.
    /// </summary>
    void HandOverAgain(ulong submission, int count, CoordinationReply reply);

    /// <summary>A number for the tasks of a value that is the same before a restart and after.</summary>
    ulong HashOf(SharedValue value);

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
