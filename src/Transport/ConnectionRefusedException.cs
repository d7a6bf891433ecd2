using TaskGraph.Messages;

namespace TaskGraph.Transport;

/// <summary>The other side answered and declined, for the reason it gave.</summary>
public sealed class ConnectionRefusedException : TaskGraphException
{
    /// <summary>Passes on the line that the other side refused with.</summary>
    public ConnectionRefusedException(Address peer, string reason, RefusalCode code = RefusalCode.None)
        : base($"{peer} refused the connection: {reason}")
    {
        Reason = reason;
        Code = code;
    }

    /// <summary>What the dialler can do about it.</summary>
    public RefusalCode Code { get; }

    /// <summary>The other side's line.</summary>
    public string Reason { get; }
}
