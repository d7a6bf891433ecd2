using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// Shipped assemblies by content: from the client that has them, through the scheduler, to the workers that ask.
/// </summary>
internal sealed class AssemblyStore(int maxBytes)
{
    /// <summary>Nothing from whoever was asked for so long: another who has it is asked; each time it is waited twice as long.</summary>
    private const long FirstPatienceUs = 2_000_000;

    private readonly Dictionary<Hash128, Assembly> _assemblies = [];

    public bool IsComplete(Hash128 content) =>
        _assemblies.TryGetValue(content, out Assembly? found) && found.IsComplete;

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
        if (!_assemblies.TryGetValue(content, out Assembly? assembly))
            return [];
        SchedulerPeer[] waiters = [.. assembly.Waiters];
        assembly.Waiters.Clear();
        return waiters;
    }

    /// <summary>Notes that a client has an assembly, as long as it is not here.</summary>
    public void AddOwner(Hash128 content, SchedulerClient client)
    {
        Assembly assembly = Entry(content);
        if (!assembly.IsComplete && !assembly.Owners.Contains(client))
            assembly.Owners.Add(client);
    }

    /// <summary>Notes who was asked for an assembly; false if somebody who is still here was asked already.</summary>
    public bool TryAsk(Hash128 content, SchedulerPeer peer, long now)
    {
        Assembly assembly = Entry(content);
        if (assembly.IsComplete || assembly.Asked is { IsConnected: true })
            return false;
        assembly.Ask(peer, now);
        return true;
    }

    /// <summary>
    /// What those who were asked do not send, and who else has it: these are asked in their place from now on.
    /// </summary>
    public List<(Hash128 Content, SchedulerClient Owner)> AskOthers(long now)
    {
        List<(Hash128, SchedulerClient)> asked = [];
        foreach ((Hash128 content, Assembly assembly) in _assemblies)
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
    /// that it had begun when it was asked once more.
    /// </summary>
    public bool TakesFrom(AssemblyBytes chunk, SchedulerPeer peer) =>
        !_assemblies.TryGetValue(chunk.Content, out Assembly? assembly)
        || assembly.Asked is not { IsConnected: true } asked
        || (asked == peer && (chunk.Offset == 0 || assembly.Received > 0 || assembly.PatienceUs == FirstPatienceUs));

    /// <summary>Forgets who was asked: it has not got the assembly.</summary>
    public void ForgetAsked(Hash128 content) => Entry(content).Asked = null;

    /// <summary>
    /// Forgets a peer that has gone; returns the assemblies that others wait for and that must be asked for anew.
    /// </summary>
    public List<Hash128> RemovePeer(SchedulerPeer peer)
    {
        List<Hash128> orphaned = [];
        foreach ((Hash128 content, Assembly assembly) in _assemblies)
        {
            assembly.Waiters.Remove(peer);
            assembly.Owners.RemoveAll(owner => owner == peer);
            if (assembly.Asked != peer)
                continue;
            assembly.Asked = null;
            if (assembly.Waiters.Count > 0)
                orphaned.Add(content);
        }

        return orphaned;
    }

    /// <summary>Takes in a chunk; returns what is wrong with it, or null.</summary>
    public string? Receive(AssemblyBytes chunk, long now)
    {
        long total = (long)chunk.PeLength + chunk.PdbLength;
        if (chunk.PeLength <= 0 || chunk.PdbLength < 0 || total > maxBytes)
            return $"assembly {chunk.Name} claims {total} bytes; 1 to {maxBytes} are taken";
        Assembly assembly = Entry(chunk.Content);
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
        return null;
    }

    /// <summary>Appends the chunks of a complete assembly to <paramref name="into"/>.</summary>
    public void AddChunks(Hash128 content, List<Message> into)
    {
        Assembly assembly = _assemblies[content];
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
        Assembly assembly = _assemblies[content];
        ReadOnlyMemory<byte> bytes = assembly.Bytes;
        return new ShippedAssembly(content, bytes[..assembly.PeLength], bytes[assembly.PeLength..]);
    }

    private Assembly Entry(Hash128 content)
    {
        if (!_assemblies.TryGetValue(content, out Assembly? assembly))
            _assemblies.Add(content, assembly = new Assembly());
        return assembly;
    }

    private sealed class Assembly
    {
        public List<SchedulerPeer> Waiters { get; } = [];

        public string Name { get; private set; } = "";

        public int PeLength { get; private set; }

        public byte[] Bytes { get; private set; } = [];

        public int Received { get; set; }

        public bool IsComplete { get; set; }

        /// <summary>Clients that have defined functions with it.</summary>
        public List<SchedulerClient> Owners { get; } = [];

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
}
