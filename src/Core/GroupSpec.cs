namespace TaskGraph;

/// <summary>Names a group of long-running tasks on distinct workers, and one member's place in it.</summary>
/// <param name="Id">The same for all members, and new for every forming of the group.</param>
/// <param name="Rank">This member's 0-based place in <paramref name="Addresses"/>.</param>
/// <param name="Addresses">The worker addresses of all members, in rank order.</param>
public sealed record GroupSpec(Guid Id, int Rank, IReadOnlyList<string> Addresses);
