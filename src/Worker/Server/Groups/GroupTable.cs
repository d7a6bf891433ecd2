using System.Collections.Concurrent;
using TaskGraph.Messages;

namespace TaskGraph.Worker.Server.Groups;

/// <summary>
/// The groups that tasks on this worker belong to. Messages of a group that no local task has joined yet wait in an
/// antechamber of bounded size; those of a group that was left are dropped.
/// </summary>
internal sealed class GroupTable(string ownAddress, PeerConnections peers)
{
    private const int MaxEarlyGroups = 64;
    private const long MaxEarlyBytes = 64 << 20;
    private const int RememberedGroups = 1024;

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Guid, Communicator> _groups = new();
    private readonly Dictionary<Guid, EarlyMessages> _early = [];
    private readonly Queue<Guid> _earlyOrder = new();
    private readonly HashSet<Guid> _left = [];
    private readonly Queue<Guid> _leftOrder = new();

    /// <summary>What came before the local member joined.</summary>
    private sealed class EarlyMessages
    {
        public List<GroupData> Messages { get; } = [];

        public long Bytes { get; set; }

        public bool IsOverflown { get; set; }
    }

    /// <summary>Joins a group: connects to all members and takes what they have sent already.</summary>
    /// <exception cref="CommunicatorException">A member cannot be reached.</exception>
    public async Task<ICommunicator> JoinAsync(GroupSpec spec, CancellationToken cancellation)
    {
        if ((uint)spec.Rank >= (uint)spec.Addresses.Count || spec.Addresses[spec.Rank] != ownAddress)
        {
            throw new ArgumentException(
                $"Rank {spec.Rank} of the group is not this worker, {ownAddress}: pin each member to its own worker.");
        }

        var connections = new PeerConnection?[spec.Addresses.Count];
        for (var rank = 0; rank < connections.Length; rank++)
        {
            if (rank != spec.Rank)
                connections[rank] = await ConnectAsync(spec, rank, cancellation).ConfigureAwait(false);
        }

        var communicator = new Communicator(spec, connections, Leave);
        lock (_gate)
        {
            if (_early.TryGetValue(spec.Id, out var early) && early.IsOverflown)
                communicator.Fail(spec.Rank, $"{MaxEarlyBytes >> 20} MiB of messages came before it joined");
            if (!_groups.TryAdd(spec.Id, communicator))
                throw new InvalidOperationException($"This worker is already a member of group {spec.Id}.");
            _early.Remove(spec.Id);
            foreach (var message in early?.Messages ?? [])
                communicator.Deliver(message);
        }

        for (var rank = 0; rank < connections.Length; rank++)
        {
            if (connections[rank] is { IsLost: true })
                communicator.Fail(rank, "its connection was lost while the group was forming");
        }

        return communicator;
    }

    /// <summary>A message from another member.</summary>
    public void Deliver(GroupData message)
    {
        if (_groups.TryGetValue(message.Group, out var communicator))
        {
            communicator.Deliver(message);
            return;
        }

        lock (_gate)
        {
            if (_groups.TryGetValue(message.Group, out communicator))
                communicator.Deliver(message);
            else if (!_left.Contains(message.Group))
                Keep(message);
        }
    }

    /// <summary>The worker at this address is gone: every group that it belongs to is aborted.</summary>
    public void PeerLost(string address, string reason)
    {
        foreach (var communicator in _groups.Values)
        {
            var rank = communicator.RankOf(address);
            if (rank >= 0 && address != ownAddress)
                communicator.Fail(rank, reason);
        }
    }

    private async Task<PeerConnection> ConnectAsync(GroupSpec spec, int rank, CancellationToken cancellation)
    {
        try
        {
            return await peers.GetAsync(spec.Addresses[rank], cancellation).ConfigureAwait(false);
        }
        catch (TaskGraphException e)
        {
            throw new CommunicatorException(rank, spec.Addresses[rank], e.Message.TrimEnd('.'), e);
        }
    }

    private void Keep(GroupData message)
    {
        if (!_early.TryGetValue(message.Group, out var early))
        {
            if (_earlyOrder.Count >= MaxEarlyGroups)
                _early.Remove(_earlyOrder.Dequeue());
            early = new EarlyMessages();
            _early.Add(message.Group, early);
            _earlyOrder.Enqueue(message.Group);
        }

        early.Bytes += message.Attachments.Count > 0 ? message.Attachments[0].Length : 0;
        early.IsOverflown |= early.Bytes > MaxEarlyBytes;
        if (early.IsOverflown)
            early.Messages.Clear();
        else
            early.Messages.Add(message);
    }

    private void Leave(Guid group)
    {
        lock (_gate)
        {
            _groups.TryRemove(group, out _);
            if (_left.Add(group))
                _leftOrder.Enqueue(group);
            if (_leftOrder.Count > RememberedGroups)
                _left.Remove(_leftOrder.Dequeue());
        }
    }
}
