using TaskGraph.Messages;
using TaskGraph.Transport.Frames;
using TaskGraph.Transport.Links;

namespace TaskGraph.Transport;

/// <summary>
/// The first exchange on a link: magic bytes and <see cref="Hello"/> one way, magic bytes and <see cref="Welcome"/>
/// or <see cref="Refusal"/> the other. It keeps what the connection goes on with: ledger and reader.
/// </summary>
internal sealed class Handshake
{
    private const int MaxReasonLength = 1000;

    private readonly Link _link;

    public Handshake(Link link)
    {
        _link = link;
        Frames = new FrameReader(Ledger);
    }

    /// <summary>The numbers of the frames so far.</summary>
    public FrameLedger Ledger { get; } = new();

    /// <summary>What has arrived behind the other side's first frame is already in here.</summary>
    public FrameReader Frames { get; }

    /// <summary>Sends the magic bytes and one message.</summary>
    public async Task SendAsync(Message message, CancellationToken cancellationToken)
    {
        var batch = new FrameBatch();
        try
        {
            batch.AddMagic();
            batch.Add(message, FrameLimits.Handshake.MaxFrameBytes);
            batch.Seal(Ledger);
            await _link.SendAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            batch.Clear();
        }
    }

    /// <summary>Reads the magic bytes and one message.</summary>
    /// <exception cref="ProtocolException">Something else came.</exception>
    /// <exception cref="IOException">The stream ended or failed before.</exception>
    public async Task<Message> ReceiveAsync(CancellationToken cancellationToken)
    {
        var messages = new List<Message>(1);
        while (!Frames.TakeOne(messages))
        {
            var count = await _link.ReceiveFirstAsync(Frames.GetMemory(), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                throw new EndOfStreamException("the other side closed it before it had introduced itself");
            Frames.Advance(count);
        }

        return messages.Count == 1
            ? messages[0]
            : throw new ProtocolException($"The first frame holds {messages.Count} messages instead of one.");
    }

    /// <summary>Sends a refusal of one line, and leaves the other side time to read it.</summary>
    public async Task RefuseAsync(string reason, RefusalCode code, CancellationToken cancellationToken)
    {
        var line = reason.ReplaceLineEndings(" ");
        if (line.Length > MaxReasonLength)
            line = line[..MaxReasonLength] + "…";
        await SendAsync(new Refusal { Reason = line, Code = code }, cancellationToken).ConfigureAwait(false);
        _link.ShutdownSend();
        var rest = new byte[256];
        while (await _link.Stream.ReadAsync(rest, cancellationToken).ConfigureAwait(false) > 0)
        {
            // A close with unread bytes would be a reset, which can overtake the refusal.
        }
    }
}
