using TaskGraph.Messages;

namespace TaskGraph.Transport;

/// <summary>A message that does not fit into a frame; it was not sent, and the connection is as before.</summary>
public sealed class MessageTooLargeException : TaskGraphException
{
    /// <summary>Names the message, its size and the limit in bytes.</summary>
    public MessageTooLargeException(MessageKind kind, long bytes, int limit)
        : base($"A {kind} of {bytes:N0} bytes does not fit into a frame of {limit:N0}: "
            + "send it in chunks or as attachments.")
    {
    }

    /// <summary>Says what does not fit, and what to do.</summary>
    public MessageTooLargeException(string message)
        : base(message)
    {
    }
}
