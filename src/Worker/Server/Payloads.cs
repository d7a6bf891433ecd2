namespace TaskGraph.Worker.Server;

/// <summary>Payloads as the attachments of a message: the body, then its buffers.</summary>
internal static class Payloads
{
    /// <summary>The payload of a message that has at least one attachment.</summary>
    public static Payload FromAttachments(IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        if (attachments.Count == 1)
            return new Payload(attachments[0]);
        var buffers = new ReadOnlyMemory<byte>[attachments.Count - 1];
        for (var i = 0; i < buffers.Length; i++)
            buffers[i] = attachments[i + 1];
        return new Payload(attachments[0], buffers);
    }

    /// <summary>The attachments that carry a payload.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> ToAttachments(in Payload payload) =>
        payload.Buffers.Length == 0 ? [payload.Body] : [payload.Body, .. payload.Buffers];
}
