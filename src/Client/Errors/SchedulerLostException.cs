namespace TaskGraph;

/// <summary>The connection to the scheduler is gone for good, and with it what was pending there.</summary>
public sealed class SchedulerLostException : TaskGraphException
{
    internal SchedulerLostException(string address, string reason, Exception? inner = null)
        : base($"The scheduler at {address} is lost: {reason}", inner)
    {
        Address = address;
        Reason = reason;
    }

    /// <summary>Where the scheduler was.</summary>
    public string Address { get; }

    /// <summary>Why it is lost, in one line.</summary>
    public string Reason { get; }
}
