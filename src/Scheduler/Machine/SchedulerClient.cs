using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>A client: what it has submitted, and what it is to be told.</summary>
internal sealed class SchedulerClient(Hello hello) : SchedulerPeer(hello)
{
    /// <summary>Numbers of its submissions that have tasks left.</summary>
    public HashSet<int> Submissions { get; } = [];

    /// <summary>What it says to hold after a reconnect, while it has not named everything yet.</summary>
    public HashSet<TaskId> Held { get; } = [];

    /// <summary>The number of the last event that it has logged: one that it says again, after a cut, is known by that.</summary>
    public ulong LastEvent { get; set; }

    public ClientOutbox Outbox { get; } = new();

    /// <summary>
    /// The first of its connections that is remembered: what it said before is not. 0 = to be learned from its next call,
    /// as it comes back to a scheduler that has forgotten it.
    /// </summary>
    public int FirstConnection { get; set; } = hello.Epoch == 0 ? 1 : 0;

    /// <summary>When its wants are dropped, if it is not connected.</summary>
    public long LeaseEnd { get; set; } = long.MaxValue;

    public override string Label => Hello.Name.Length > 0 ? $"client {Hello.Name}" : $"client {Hello.Incarnation:x}";

    public override void Collect(List<Message> into) => Outbox.Collect(into);

    public override void ClearOutbox() => Outbox.Clear();
}
