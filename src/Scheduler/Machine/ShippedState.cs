using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>An assembly that is shipped: its bytes as far as they are here, who has it, and who waits for it.</summary>
internal sealed class ShippedState
{
    /// <summary>Nothing from whoever was asked for so long: another who has it is asked; each time it is waited twice as long.</summary>
    public const long FirstPatienceUs = 2_000_000;

    public List<SchedulerPeer> Waiters { get; } = [];

    public string Name { get; private set; } = "";

    public int PeLength { get; private set; }

    public byte[] Bytes { get; private set; } = [];

    public int Received { get; set; }

    public bool IsComplete { get; set; }

    /// <summary>Clients that have defined functions with it, also those that are away within their lease.</summary>
    public List<SchedulerClient> Owners { get; } = [];

    /// <summary>Clients that have said that they lack it, since somebody needs it.</summary>
    public HashSet<SchedulerClient> Lacking { get; } = [];

    /// <summary>The client that was asked to send it.</summary>
    public SchedulerPeer? Asked { get; set; }

    /// <summary>When it was asked, or has last sent a part.</summary>
    public long HeardAt { get; set; }

    public long PatienceUs { get; set; } = FirstPatienceUs;

    public void Ask(SchedulerPeer peer, long now)
    {
        Asked = peer;
        Received = 0;
        HeardAt = now;
    }

    public void Start(AssemblyBytes first, int length)
    {
        Name = first.Name;
        PeLength = first.PeLength;
        Received = 0;
        if (Bytes.Length != length)
            Bytes = new byte[length];
    }
}
