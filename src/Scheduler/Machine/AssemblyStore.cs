using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// Shipped assemblies by content: from the client that has them, through the scheduler, to the workers that ask.
/// </summary>
internal sealed class AssemblyStore(int maxBytes)
{
    private readonly Dictionary<Hash128, ShippedState> _assemblies = [];

    public bool IsComplete(Hash128 content) =>
        _assemblies.TryGetValue(content, out ShippedState? found) && found.IsComplete;

    /// <summary>Notes that a peer waits for an assembly.</summary>
    public void AddWaiter(Hash128 content, SchedulerPeer peer)
    {
        List<SchedulerPeer> waiters = Entry(content).Waiters;
        if (!waiters.Contains(peer))
            waiters.Add(peer);
    }

    /// <summary>Peers that wait for an assembly; the list is emptied.</summary>
    public SchedulerPeer[] TakeWaiters(Hash128 content)
    {
        if (!_assemblies.TryGetValue(content, out ShippedState? assembly))
            return [];
        SchedulerPeer[] waiters = [.. assembly.Waiters];
        assembly.Waiters.Clear();
        return waiters;
    }

    /// <summary>Whether workers wait for an assembly.</summary>
    public bool HasWaiters(Hash128 content) => _assemblies.TryGetValue(content, out ShippedState? assembly) && assembly.Waiters.Count > 0;

    /// <summary>Notes that a client has an assembly, as long as it is not here.</summary>
    public void AddOwner(Hash128 content, SchedulerClient client)
    {
        ShippedState assembly = Entry(content);
        assembly.Lacking.Remove(client);
        if (!assembly.IsComplete && !assembly.Owners.Contains(client))
            assembly.Owners.Add(client);
    }

    /// <summary>Notes who was asked for an assembly; false if somebody who is still here was asked already.</summary>
    public bool TryAsk(Hash128 content, SchedulerPeer peer, long now)
    {
        ShippedState assembly = Entry(content);
        if (assembly.IsComplete || assembly.Asked is { IsConnected: true })
            return false;
        assembly.Ask(peer, now);
        return true;
    }

    /// <summary>
    /// Whom to ask: one who is said to have it, else one who has not said that he lacks it. Null = nobody is left.
    /// </summary>
    public SchedulerClient? WhoToAsk(Hash128 content, List<SchedulerClient> clients)
    {
        ShippedState assembly = Entry(content);
        return assembly.Owners.Find(static owner => owner.IsConnected)
            ?? clients.Find(client => client.IsConnected && !assembly.Lacking.Contains(client));
    }

    /// <summary>Whether one of the clients is away and may have it.</summary>
    public bool MayCome(Hash128 content, List<SchedulerClient> clients)
    {
        ShippedState assembly = Entry(content);
        return clients.Exists(client => !client.IsConnected && !assembly.Lacking.Contains(client));
    }

    /// <summary>Assemblies that are missing, and that nobody who is here was asked for.</summary>
    public Hash128[] Unasked() =>
    [
        .. _assemblies
            .Where(static one => one.Value is { IsComplete: false, Asked: not { IsConnected: true } })
            .Select(static one => one.Key),
    ];

    /// <summary>
    /// What those who were asked do not send, and who else has it: these are asked in their place from now on.
    /// </summary>
    public List<(Hash128 Content, SchedulerClient Owner)> AskOthers(long now)
    {
        List<(Hash128, SchedulerClient)> asked = [];
        foreach ((Hash128 content, ShippedState assembly) in _assemblies)
        {
            if (assembly.IsComplete || assembly.Asked is null || now - assembly.HeardAt < assembly.PatienceUs)
                continue;
            int silent = assembly.Owners.FindIndex(owner => owner == assembly.Asked);
            for (int i = 1; i <= assembly.Owners.Count; i++)
            {
                SchedulerClient owner = assembly.Owners[(silent + i) % assembly.Owners.Count];
                if (owner == assembly.Asked || !owner.IsConnected)
                    continue;
                assembly.Ask(owner, now);
                assembly.PatienceUs *= 2;
                asked.Add((content, owner));
                break;
            }
        }

        return asked;
    }

    /// <summary>
    /// Whether bytes of the assembly are taken from this peer: not if another was asked in its place, nor what is left of an answer
    /// that it had begun before that, or before it was asked once more.
    /// </summary>
    public bool TakesFrom(AssemblyBytes chunk, SchedulerPeer peer)
    {
        if (!_assemblies.TryGetValue(chunk.Content, out ShippedState? assembly))
            return true;
        bool isFirst = chunk.Offset == 0;
        return assembly.Asked is { IsConnected: true } asked
            ? asked == peer && (isFirst || assembly.Received > 0 || assembly.PatienceUs == ShippedState.FirstPatienceUs)
            : isFirst || chunk.Offset == assembly.Received;
    }

    /// <summary>A client has said that it lacks the assembly; false if the answer of another one is to come.</summary>
    public bool NoteLack(Hash128 content, SchedulerClient client)
    {
        ShippedState assembly = Entry(content);
        if (assembly.IsComplete)
            return false;
        assembly.Owners.Remove(client);
        assembly.Lacking.Add(client);
        if (assembly.Asked == client)
            assembly.Asked = null;
        return assembly.Asked is not { IsConnected: true };
    }

    /// <summary>Nobody has it: who needs it later asks all of them anew.</summary>
    public void GiveUp(Hash128 content) => Entry(content).Lacking.Clear();

    /// <summary>A peer is not connected any more; <paramref name="isGone"/> = it will not be back.</summary>
    public void RemovePeer(SchedulerPeer peer, bool isGone)
    {
        foreach (ShippedState assembly in _assemblies.Values)
        {
            assembly.Waiters.Remove(peer);
            if (assembly.Asked == peer)
                assembly.Asked = null;
            if (!isGone || peer is not SchedulerClient client)
                continue;
            assembly.Owners.Remove(client);
            assembly.Lacking.Remove(client);
        }
    }

    /// <summary>Takes in a chunk; returns what is wrong with it, or null.</summary>
    public string? Receive(AssemblyBytes chunk, long now)
    {
        long total = (long)chunk.PeLength + chunk.PdbLength;
        if (chunk.PeLength <= 0 || chunk.PdbLength < 0 || total > maxBytes)
            return $"assembly {chunk.Name} claims {total} bytes; 1 to {maxBytes} are taken";
        ShippedState assembly = Entry(chunk.Content);
        if (assembly.IsComplete)
            return null;
        if (chunk.Offset == 0)
            assembly.Start(chunk, (int)total);
        if (chunk.Offset != assembly.Received || chunk.Chunk.Length > assembly.Bytes.Length - assembly.Received)
            return $"chunk of assembly {chunk.Name} at {chunk.Offset} does not follow byte {assembly.Received}";
        chunk.Chunk.CopyTo(assembly.Bytes, assembly.Received);
        assembly.Received += chunk.Chunk.Length;
        assembly.HeardAt = now;
        if (assembly.Received < assembly.Bytes.Length)
            return null;
        if (Hash128.Of(assembly.Bytes.AsSpan(0, assembly.PeLength)) != chunk.Content)
        {
            assembly.Received = 0;
            return $"the bytes of assembly {chunk.Name} do not have the hash they were announced under";
        }

        assembly.IsComplete = true;
        assembly.Owners.Clear();
        assembly.Lacking.Clear();
        return null;
    }

    /// <summary>Appends the chunks of a complete assembly to <paramref name="into"/>.</summary>
    public void AddChunks(Hash128 content, List<Message> into)
    {
        ShippedState assembly = _assemblies[content];
        for (int offset = 0; offset < assembly.Bytes.Length; offset += Protocol.MaxChunkBytes)
        {
            int length = Math.Min(Protocol.MaxChunkBytes, assembly.Bytes.Length - offset);
            into.Add(new AssemblyBytes
            {
                Content = content,
                Name = assembly.Name,
                PeLength = assembly.PeLength,
                PdbLength = assembly.Bytes.Length - assembly.PeLength,
                Offset = offset,
                Chunk = assembly.Bytes.AsSpan(offset, length).ToArray(),
            });
        }
    }

    /// <summary>The bytes of a complete assembly; they do not change any more.</summary>
    public ShippedAssembly Image(Hash128 content)
    {
        ShippedState assembly = _assemblies[content];
        ReadOnlyMemory<byte> bytes = assembly.Bytes;
        return new ShippedAssembly(content, bytes[..assembly.PeLength], bytes[assembly.PeLength..]);
    }

    private ShippedState Entry(Hash128 content)
    {
        if (!_assemblies.TryGetValue(content, out ShippedState? assembly))
            _assemblies.Add(content, assembly = new ShippedState());
        return assembly;
    }
}
