namespace TaskGraph.Transport.Frames;

/// <summary>
/// Which frames of a session have gone each way. The sending side alone calls <see cref="NextToSend"/>, the receiving
/// side alone <see cref="Received"/>; each may read the other's numbers. Numbers start at 1 and wrap around.
/// </summary>
internal sealed class FrameLedger
{
    private uint _lastSent;
    private uint _lastReceived;
    private uint _acknowledged;

    /// <summary>The session that every frame must name.</summary>
    public ulong Session { get; private set; }

    /// <summary>The number of the last frame handed to the stream.</summary>
    public uint LastSent => Volatile.Read(ref _lastSent);

    /// <summary>The number of the last frame that arrived whole: the next frame sent acknowledges it.</summary>
    public uint LastReceived => Volatile.Read(ref _lastReceived);

    /// <summary>
    /// How many sent frames the other side has not yet acknowledged: what a resumed session would replay.
    /// </summary>
    public uint UnacknowledgedFrames => LastSent - Volatile.Read(ref _acknowledged);

    /// <summary>Whether the session is known: the acceptor learns it from the first frame.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The last frame sent that the other side is known to have.</summary>
    public uint Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>
    /// Whether the session had another connection before: what is replayed carries acknowledgements of that time.
    /// </summary>
    public bool IsResumed { get; private set; }

    /// <summary>Goes on over a new connection, whose other side has everything up to <paramref name="peerReceived"/>.</summary>
    public void Resume(uint peerReceived)
    {
        IsResumed = true;
        Volatile.Write(ref _acknowledged, peerReceived);
    }

    /// <summary>Binds the ledger to the session that the dialler named.</summary>
    public void Open(ulong session)
    {
        Session = session;
        IsOpen = true;
    }

    /// <summary>The number of the frame that is about to be sent.</summary>
    public uint NextToSend()
    {
        var next = _lastSent + 1;
        Volatile.Write(ref _lastSent, next);
        return next;
    }

    /// <summary>Checks a frame that has arrived whole against the session, and notes it.</summary>
    /// <returns>
    /// False if it came over an earlier link already, while the one it comes over now was being dialled: it is skipped.
    /// </returns>
    /// <exception cref="ProtocolException">
    /// It is of another session, lost, repeated, or acknowledges what was never sent.
    /// </exception>
    public bool Received(in FrameHeader header)
    {
        if (header.Session != Session)
            throw new ProtocolException($"A frame of session {header.Session:x} came in session {Session:x}.");
        var step = header.Sequence - _lastReceived;
        if (step != 1)
        {
            if (IsResumed && (int)step <= 0)
                return false;
            var what = (int)step <= 0 ? "is repeated or late" : "came too early: frames before it are missing";
            throw new ProtocolException($"Frame {header.Sequence} {what}; {_lastReceived + 1} was due.");
        }

        var isStale = IsResumed && (int)(header.Acknowledged - _acknowledged) < 0;
        if (!isStale && header.Acknowledged - _acknowledged > LastSent - _acknowledged)
        {
            throw new ProtocolException(
                $"Frame {header.Sequence} acknowledges frame {header.Acknowledged}; "
                + $"sent are {LastSent}, acknowledged {_acknowledged}.");
        }

        if (!isStale)
            Volatile.Write(ref _acknowledged, header.Acknowledged);
        Volatile.Write(ref _lastReceived, header.Sequence);
        return true;
    }
}
