namespace TaskGraph;

/// <summary>
/// Collective operations between the members of a group. All members call the same operations in the same order;
/// a member's death fails every pending and later call with <see cref="CommunicatorException"/>.
/// </summary>
public interface ICommunicator : IAsyncDisposable
{
    /// <summary>This member's 0-based rank.</summary>
    int Rank { get; }

    /// <summary>The number of members.</summary>
    int Size { get; }

    /// <summary>
    /// Replaces <paramref name="values"/> on every member by their elementwise sum, added in rank order, so that the
    /// result is bit-identical on all ranks whatever the order of arrival. Lengths must be equal on all members.
    /// </summary>
    Task AllReduceAsync(Memory<float> values, CancellationToken cancellationToken = default);

    /// <summary>
    /// Copies <paramref name="bytes"/> of member <paramref name="root"/> into that of every other member.
    /// </summary>
    Task BroadcastAsync(Memory<byte> bytes, int root, CancellationToken cancellationToken = default);

    /// <summary>Completes when every member has called it.</summary>
    Task BarrierAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends <paramref name="bytes"/> to member <paramref name="to"/>; they may be reused on completion.
    /// </summary>
    Task SendAsync(int to, int tag, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default);

    /// <summary>
    /// The next message of member <paramref name="from"/> under <paramref name="tag"/>, in sending order.
    /// </summary>
    Task<byte[]> ReceiveAsync(int from, int tag, CancellationToken cancellationToken = default);
}
