using System.Diagnostics;
using TaskGraph.Messages;
using TaskGraph.Transport.Frames;
using TaskGraph.Transport.Links;

namespace TaskGraph.Transport;

/// <summary>
/// A two-way stream of messages with one other process. Any thread may write; one at a time may receive. How it ends
/// is learnt by receiving alone: writing to a connection that is gone does nothing.
/// </summary>
public sealed partial class Connection : IAsyncDisposable
{
    private readonly FrameSender _sender;
    private Link _link;
    private FrameReader _frames;
    private readonly FrameLedger _ledger;
    private long _bytesReceived;
    private long _lastReceived = Stopwatch.GetTimestamp();

    internal Connection(
        Link link, FrameLedger ledger, FrameReader frames, Hello hello, Welcome welcome, ConnectionOptions options)
    {
        Hello = hello;
        Welcome = welcome;
        _options = options;
        _link = link;
        _ledger = ledger;
        _frames = frames;
        _frames.Raise(FrameLimits.Of(options));
        if (hello.Role == PeerRole.Data)
            _link.PrepareForBulk();
        _sender = new FrameSender(link, ledger, options, hello.CanResume);
    }

    /// <summary>How the side that dialled introduced itself.</summary>
    public Hello Hello { get; }

    /// <summary>How the side that listened answered.</summary>
    public Welcome Welcome { get; }

    /// <summary>The other side's address; of a peer that dialled, the socket's own.</summary>
    public Address RemoteAddress => _link.Remote;

    /// <summary>Bytes written and not yet taken by the stream below, attachments included.</summary>
    public long PendingBytes => _sender.PendingBytes;

    /// <summary>Bytes taken by the stream below since the handshake.</summary>
    public long BytesSent => _sender.BytesSent;

    /// <summary>Bytes that have arrived since the handshake.</summary>
    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    /// <summary>
    /// When bytes last arrived, in <see cref="Stopwatch"/> ticks; at first, when the connection was made.
    /// </summary>
    public long LastReceivedTimestamp => Volatile.Read(ref _lastReceived);

    /// <summary>How many sent frames the other side has not acknowledged yet.</summary>
    internal uint UnacknowledgedFrames => _ledger.UnacknowledgedFrames;

    /// <summary>Dials, introduces this side and waits for the answer.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="hello">The introduction, at most 4 KiB encoded.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up early.</param>
    /// <exception cref="ConnectionRefusedException">The other side declined, and said why.</exception>
    /// <exception cref="ConnectionLostException">Nobody answers there, or not in TaskGraph's protocol.</exception>
    public static Task<Connection> ConnectAsync(
        Address to, Hello hello, ConnectionOptions? options = null, CancellationToken cancellationToken = default) =>
        Dialler.ConnectAsync(to, hello, options ?? ConnectionOptions.Default, cancellationToken);

    /// <summary>
    /// Encodes a message at the end of what is pending; it may be reused on return. Its attachments are read when
    /// they are sent and must not change until then.
    /// </summary>
    /// <exception cref="MessageTooLargeException">
    /// The message does not fit into a frame; the connection is as before.
    /// </exception>
    public void Write(Message message) => _sender.Add(message);

    /// <summary>
    /// Has what is pending sent, and never waits for it; while a send is under way, further messages gather for the
    /// next one.
    /// </summary>
    public void Flush() => _sender.Flush();
}
