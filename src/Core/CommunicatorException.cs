namespace TaskGraph;

/// <summary>
/// A group operation failed because a member died or could not be reached; the group must be formed anew.
/// </summary>
public sealed class CommunicatorException : TaskGraphException
{
    /// <summary>Names the member that was lost.</summary>
    public CommunicatorException(int rank, string address, string reason, Exception? inner = null)
        : base($"Member {rank} of the group, on worker {address}, was lost: {reason}. Form a new group without it.",
            inner)
    {
        Rank = rank;
        Address = address;
    }

    /// <summary>The lost member's rank.</summary>
    public int Rank { get; }

    /// <summary>The lost member's worker address.</summary>
    public string Address { get; }
}
