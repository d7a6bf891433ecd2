using System.Buffers;

namespace TaskGraph.Simulation;

/// <summary>
/// One direction of a connection, as TCP gives it: messages arrive in their order, each after a delay of its own and the
/// time that its bytes take, as fresh copies that went through the wire's bytes; or the connection breaks.
/// </summary>
internal sealed class Link(VirtualCluster cluster, string label, Action<Message> deliver)
{
    private const int MinDelayUs = 20;
    private const int MeanDelayUs = 150;

    /// <summary>What the receiver would refuse: a larger control frame.</summary>
    private const int MaxMessageBytes = 1 << 20;

    /// <summary>More would mean that a sender does not notice how far its peer is behind.</summary>
    private const int MaxInFlight = 10_000;

    private readonly Queue<Message> _inFlight = new();
    private long _lastAt;
    private int _keptCount;

    /// <summary>
    /// The connection is gone and its session may be resumed: what was not delivered, and what is sent from now on, is kept.
    /// </summary>
    public bool IsHeld { get; private set; }

    /// <summary>Whether nothing arrives any more; who sends does not notice.</summary>
    public bool IsCut { get; set; }

    /// <summary>What is sent before then arrives after it.</summary>
    public long StalledUntilUs { get; set; }

    /// <summary>Bytes that it carries in a millisecond; 0 = any number.</summary>
    public int BytesPerMs { get; init; }

    /// <summary>Whether some messages come twice.</summary>
    public bool IsDoubling { get; set; }

    public void Send(Message message)
    {
        if (IsCut)
            return;
        Put(message);
        if (IsDoubling && cluster.AreFaultsOn && cluster.Choices.Chance(12))
        {
            cluster.Happened(Faults.Duplicates);
            Put(message);
        }
    }

    public void Hold() => IsHeld = true;

    /// <summary>The session goes on: what was kept is sent again, before all that comes later.</summary>
    public void GoOn()
    {
        IsHeld = false;
        for (; _keptCount > 0; _keptCount--)
        {
            _lastAt = Math.Max(_lastAt, cluster.Time.NowUs + MinDelayUs + cluster.Choices.Exponential(MeanDelayUs));
            cluster.Time.At(_lastAt, DeliverNext);
        }
    }

    private void Put(Message message)
    {
        var copy = Copy(message, out var size);
        if (size > MaxMessageBytes)
            throw new SimulationException($"{label}: {message.Kind} takes {size} bytes, more than a control frame holds");
        _inFlight.Enqueue(copy);
        if (_inFlight.Count > MaxInFlight)
            throw new SimulationException($"{label}: {_inFlight.Count} messages are on their way");
        var time = cluster.Time;
        var start = Math.Max(time.NowUs, StalledUntilUs);
        var carried = BytesPerMs == 0 ? 0 : size * 1000L / BytesPerMs;
        var arrival = start + MinDelayUs + cluster.Choices.Exponential(MeanDelayUs);
        _lastAt = Math.Max(Math.Max(_lastAt, StalledUntilUs) + carried, arrival + carried);
        time.At(_lastAt, DeliverNext, isWork: message is not Heartbeat);
    }

    private void DeliverNext()
    {
        if (IsHeld)
        {
            _keptCount++;
            return;
        }

        var message = _inFlight.Dequeue();
        if (IsCut)
            return;
        cluster.Coverage.Delivered(message.Kind, cluster.Time.NowUs);
        deliver(message);
    }

    /// <summary>The message as it comes out of its bytes.</summary>
    public static Message Copy(Message message, out int size)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(bytes);
        MessageCodec.Write(ref writer, message);
        writer.Flush();
        size = bytes.WrittenCount;
        var reader = new MessagePackReader(bytes.WrittenSpan);
        return MessageCodec.Read(ref reader);
    }
}
