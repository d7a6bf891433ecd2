using System.Runtime.InteropServices;
using TaskGraph.Messages;

namespace TaskGraph.Worker.Server.Groups;

/// <summary>
/// A member's door to its group. All-reduce is the direct scheme (every member owns 1/p of the vector, receives the
/// others' contributions to it, and sends the sum to all): two latencies and 2(p − 1)/p of the vector's bytes. Members
/// call the same operations in the same order, so a counter gives every operation its own tags.
/// </summary>
internal sealed class Communicator : ICommunicator
{
    private const int LeaveTag = int.MinValue;

    // What a slow member has not taken yet: a sender waits beyond it.
    private const long MaxPendingBytes = 256 << 20;

    private readonly GroupSpec _spec;
    private readonly PeerConnection?[] _peers;
    private readonly Action<Guid> _leave;
    private readonly GroupMailbox _mailbox = new();
    private byte[] _outgoing = [];
    private byte[] _reduced = [];
    private int _operation;
    private int _isDisposed;

    public Communicator(GroupSpec spec, PeerConnection?[] peers, Action<Guid> leave)
    {
        _spec = spec;
        _peers = peers;
        _leave = leave;
    }

    public int Rank => _spec.Rank;

    public int Size => _spec.Addresses.Count;

    /// <summary>The rank of the member on the worker at this address, −1 = none.</summary>
    public int RankOf(string address)
    {
        for (var rank = 0; rank < Size; rank++)
        {
            if (_spec.Addresses[rank] == address)
                return rank;
        }

        return -1;
    }

    /// <summary>A message from another member; anything that does not fit is ignored.</summary>
    public void Deliver(GroupData message)
    {
        if ((uint)message.FromRank >= (uint)Size)
            return;
        if (message.Tag == LeaveTag)
            _mailbox.Left(message.FromRank, () => LeftBy(message.FromRank));
        else
            _mailbox.Deliver(message.FromRank, message.Tag, BytesOf(message));
    }

    private static ReadOnlyMemory<byte> BytesOf(GroupData message) =>
        message.Attachments.Count > 0 ? message.Attachments[0] : default;

    /// <summary>A member is lost: the group is of no use any more.</summary>
    public void Fail(int rank, string reason) =>
        _mailbox.Fail(() => new CommunicatorException(rank, _spec.Addresses[rank], reason.TrimEnd('.')));

    public async Task AllReduceAsync(Memory<float> values, CancellationToken cancellationToken = default)
    {
        var operation = NextOperation();
        if (Size == 1 || values.IsEmpty)
            return;
        SendChunks(values.Span, TagOf(operation, phase: 0));
        await ReduceOwnAsync(values, TagOf(operation, phase: 0), cancellationToken).ConfigureAwait(false);
        var tag = TagOf(operation, phase: 1);
        var (start, end) = ChunkOf(Rank, values.Length);
        if (end > start)
            SendToOthers(tag, _reduced.AsMemory(0, (end - start) * sizeof(float)));
        for (var rank = 0; rank < Size; rank++)
        {
            var (first, last) = ChunkOf(rank, values.Length);
            if (rank == Rank || first == last)
                continue;
            var sum = await TakeAsync(rank, tag, cancellationToken).ConfigureAwait(false);
            Floats(sum, last - first, rank).CopyTo(values.Span[first..last]);
        }
    }

    public async Task BroadcastAsync(Memory<byte> bytes, int root, CancellationToken cancellationToken = default)
    {
        CheckRank(root);
        var tag = TagOf(NextOperation(), phase: 0);
        if (root == Rank)
        {
            SendToOthers(tag, bytes.ToArray());
            await DrainAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var received = await TakeAsync(root, tag, cancellationToken).ConfigureAwait(false);
        if (received.Length != bytes.Length)
        {
            throw new InvalidOperationException(
                $"Member {root} broadcast {received.Length} bytes; member {Rank} has room for {bytes.Length}.");
        }

        received.CopyTo(bytes);
    }

    public async Task BarrierAsync(CancellationToken cancellationToken = default)
    {
        var tag = TagOf(NextOperation(), phase: 0);
        SendToOthers(tag, default);
        for (var rank = 0; rank < Size; rank++)
        {
            if (rank != Rank)
                await TakeAsync(rank, tag, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task SendAsync(
        int to, int tag, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        CheckRank(to);
        ArgumentOutOfRangeException.ThrowIfNegative(tag);
        Check();
        var copy = bytes.ToArray();
        if (to == Rank)
        {
            _mailbox.Deliver(Rank, tag, copy);
            return;
        }

        Send(to, tag, copy);
        await DrainAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<byte[]> ReceiveAsync(int from, int tag, CancellationToken cancellationToken = default)
    {
        CheckRank(from);
        ArgumentOutOfRangeException.ThrowIfNegative(tag);
        Check();
        return (await TakeAsync(from, tag, cancellationToken).ConfigureAwait(false)).ToArray();
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return ValueTask.CompletedTask;
        SendToOthers(LeaveTag, default);
        _leave(_spec.Id);
        _mailbox.Fail(() => new ObjectDisposedException(nameof(ICommunicator), "This member has left the group."));
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends every other member my contribution to the chunk that it owns.</summary>
    private void SendChunks(ReadOnlySpan<float> values, int tag)
    {
        // Reuse is safe: all members have answered the last operation's chunks with sums, so they have read them.
        var bytes = MemoryMarshal.AsBytes(values);
        if (_outgoing.Length < bytes.Length)
            _outgoing = GC.AllocateUninitializedArray<byte>(bytes.Length);
        bytes.CopyTo(_outgoing);
        for (var rank = 0; rank < Size; rank++)
        {
            var (first, last) = ChunkOf(rank, values.Length);
            if (rank != Rank && last > first)
                Send(rank, tag, _outgoing.AsMemory(first * sizeof(float), (last - first) * sizeof(float)));
        }
    }

    /// <summary>Adds all contributions to my chunk in rank order, whatever the order in which they come.</summary>
    private async ValueTask ReduceOwnAsync(Memory<float> values, int tag, CancellationToken cancellation)
    {
        var (first, last) = ChunkOf(Rank, values.Length);
        if (first == last)
            return;
        var contributions = new ReadOnlyMemory<byte>[Size];
        for (var rank = 0; rank < Size; rank++)
        {
            if (rank != Rank)
                contributions[rank] = await TakeAsync(rank, tag, cancellation).ConfigureAwait(false);
        }

        // Reuse is safe: a contribution to this operation means that its sender has read the last operation's sums.
        var count = last - first;
        if (_reduced.Length < count * sizeof(float))
            _reduced = GC.AllocateUninitializedArray<byte>(count * sizeof(float));
        var sum = MemoryMarshal.Cast<byte, float>(_reduced.AsSpan(0, count * sizeof(float)));
        for (var rank = 0; rank < Size; rank++)
        {
            var part = rank == Rank ? values.Span[first..last] : Floats(contributions[rank], count, rank);
            if (rank == 0)
                part.CopyTo(sum);
            else
                Sums.Add(sum, part);
        }

        sum.CopyTo(values.Span[first..last]);
    }

    private (int First, int Last) ChunkOf(int rank, int length) =>
        ((int)((long)length * rank / Size), (int)((long)length * (rank + 1) / Size));

    private ReadOnlySpan<float> Floats(ReadOnlyMemory<byte> bytes, int count, int from)
    {
        if (bytes.Length != count * sizeof(float))
        {
            throw new InvalidOperationException(
                $"Member {from} sent {bytes.Length} bytes where member {Rank} expects {count} floats: all members must "
                + "call the same operations with vectors of the same length.");
        }

        return MemoryMarshal.Cast<byte, float>(bytes.Span);
    }

    private ValueTask<ReadOnlyMemory<byte>> TakeAsync(int from, int tag, CancellationToken cancellation) =>
        _mailbox.TakeAsync(from, tag, () => LeftBy(from), cancellation);

    private void SendToOthers(int tag, ReadOnlyMemory<byte> bytes)
    {
        for (var rank = 0; rank < Size; rank++)
        {
            if (rank != Rank)
                Send(rank, tag, bytes);
        }
    }

    private void Send(int to, int tag, ReadOnlyMemory<byte> bytes)
    {
        var connection = _peers[to]!.Connection;
        connection.Write(new GroupData { Group = _spec.Id, FromRank = Rank, Tag = tag, Attachments = [bytes] });
        connection.Flush();
    }

    private async ValueTask DrainAsync(CancellationToken cancellation)
    {
        foreach (var peer in _peers)
        {
            while (peer is { IsLost: false } && peer.Connection.PendingBytes > MaxPendingBytes)
                await Task.Delay(1, cancellation).ConfigureAwait(false);
        }

        _mailbox.ThrowIfFailed();
    }

    private int NextOperation()
    {
        Check();
        return _operation++ & 0x3FFF_FFFF;
    }

    private void Check()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        _mailbox.ThrowIfFailed();
    }

    // Tags of operations are negative: users' tags are not.
    private static int TagOf(int operation, int phase) => -1 - ((operation << 1) | phase);

    private void CheckRank(int rank)
    {
        if ((uint)rank >= (uint)Size)
            throw new ArgumentOutOfRangeException(nameof(rank), rank, $"The group has ranks 0 to {Size - 1}.");
    }

    private CommunicatorException LeftBy(int rank) => new(rank, _spec.Addresses[rank], "it has left the group");
}
