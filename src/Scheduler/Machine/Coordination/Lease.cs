namespace TaskGraph.Scheduler.Machine;

/// <summary>One client's right to a lock, or to a part of a semaphore, until its deadline.</summary>
internal sealed class Lease(ulong token, ulong holder, string holderLabel, long durationUs, LeasePool pool)
{
    /// <summary>Fences: larger than those of all leases given out before.</summary>
    public ulong Token { get; } = token;

    /// <summary>The incarnation of the client that holds it.</summary>
    public ulong Holder { get; } = holder;

    public string HolderLabel { get; } = holderLabel;

    public long DurationUs { get; } = durationUs;

    public LeasePool Pool { get; } = pool;

    /// <summary>When it ends unless it is renewed.</summary>
    public long Deadline { get; set; }
}
