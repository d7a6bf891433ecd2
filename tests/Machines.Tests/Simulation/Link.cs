using System.Buffers;

namespace Machines.Tests.Simulation;

/// <summary>
/// One direction of a connection: messages arrive in their order, each after a delay of its own, as fresh copies that
/// went through the wire's bytes.
/// </summary>
internal sealed class Link(VirtualTime time, Random random, int maxDelayUs, Action<Message> deliver)
{
    private readonly Queue<Message> _inFlight = new();
    private long _lastAt;

    /// <summary>Whether nothing arrives any more; who sends does not notice.</summary>
    public bool IsCut { get; set; }

    public void Send(Message message)
    {
        if (IsCut)
            return;
        _inFlight.Enqueue(Copy(message));
        _lastAt = Math.Max(_lastAt, time.NowUs + random.Next(maxDelayUs + 1));
        time.At(_lastAt, DeliverNext, isWork: message is not Heartbeat);
    }

    private void DeliverNext()
    {
        var message = _inFlight.Dequeue();
        if (!IsCut)
            deliver(message);
    }

    private static Message Copy(Message message)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(bytes);
        MessageCodec.Write(ref writer, message);
        writer.Flush();
        var reader = new MessagePackReader(bytes.WrittenSpan);
        return MessageCodec.Read(ref reader);
    }
}

/// <summary>A connection to the scheduler.</summary>
internal sealed class Session
{
    public required Link Up { get; init; }

    public required Link Down { get; init; }

    /// <summary>What the far end does when it notices that the connection is gone.</summary>
    public required Action<string> Closed { get; init; }

    public bool IsCut { get; private set; }

    public void Cut() => IsCut = Up.IsCut = Down.IsCut = true;
}
