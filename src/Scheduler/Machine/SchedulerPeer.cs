using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>A worker or client as the machine knows it.</summary>
internal abstract class SchedulerPeer(Hello hello)
{
    /// <summary>How the peer introduced itself.</summary>
    public Hello Hello { get; } = hello;

    /// <summary>Whether messages to it can be delivered.</summary>
    public bool IsConnected { get; set; } = true;

    /// <summary>When it was last heard from, in microseconds.</summary>
    public long LastHeard { get; set; }

    /// <summary>Whether it is in the machine's list of peers with messages to send.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Name and address, for people.</summary>
    public abstract string Label { get; }

    /// <summary>Appends what is to be sent to it, in order.</summary>
    public abstract void Collect(List<Message> into);

    /// <summary>
    /// As <see cref="Collect"/>, in parts where it is much: true = there is more, to be asked for when this has been sent.
    /// </summary>
    public virtual bool CollectPart(List<Message> into)
    {
        Collect(into);
        return false;
    }

    /// <summary>Empties the outbox and keeps its memory.</summary>
    public abstract void ClearOutbox();
}
