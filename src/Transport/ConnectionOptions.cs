using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TaskGraph.Messages;

namespace TaskGraph.Transport;

/// <summary>Limits and habits of connections and listeners.</summary>
public sealed record ConnectionOptions
{
    /// <summary>The defaults.</summary>
    public static ConnectionOptions Default { get; } = new();

    /// <summary>
    /// Largest batch of messages in one frame, in bytes, both ways; attachments come on top. 1 MiB by default.
    /// </summary>
    public int MaxFrameBytes { get; init; } = Protocol.MaxControlFrameBytes;

    /// <summary>
    /// Most bytes that the attachments of one message may have together; each stays below 2 GiB. 16 GiB by default.
    /// </summary>
    public long MaxAttachmentBytes { get; init; } = 16L << 30;

    /// <summary>
    /// Whether attachments carry checksums of their own (messages always do). Off by default: TCP checks them, and
    /// bulk data is as fast as memory allows.
    /// </summary>
    public bool CheckAttachments { get; init; }

    /// <summary>
    /// How long connecting, or the first message of a peer that has connected, may take. 10 s by default.
    /// </summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether a listener may be reachable from other machines although nothing protects it.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>
    /// Whether a receive without a cancellation token waits in the calling thread, where it completes: the operating
    /// system wakes that thread and no other. For a connection whose receives have a thread of their own, over TCP. Off by
    /// default.
    /// </summary>
    public bool ReceivesOnCallingThread { get; init; }

    /// <summary>Whether a listener is reached over TCP even from its own machine, as from every other. Off by default.</summary>
    internal bool AcceptsTcpOnly { get; init; }

    /// <summary>
    /// Gets one line per peer that is turned away before it becomes a <see cref="PendingConnection"/>.
    /// </summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
