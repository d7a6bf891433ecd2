namespace TaskGraph.Transport.Frames;

/// <summary>What a peer may send: compared with every declared length before anything is allocated for it.</summary>
/// <param name="MaxFrameBytes">Most bytes in a frame's body.</param>
/// <param name="MaxAttachmentBytes">Most bytes in the attachments of one message.</param>
internal readonly record struct FrameLimits(int MaxFrameBytes, long MaxAttachmentBytes)
{
    /// <summary>For a peer that has not introduced itself yet.</summary>
    public static FrameLimits Handshake { get; } = new(4 << 10, 0);

    /// <summary>For a peer that has been welcomed.</summary>
    public static FrameLimits Of(ConnectionOptions options) => new(options.MaxFrameBytes, options.MaxAttachmentBytes);
}
