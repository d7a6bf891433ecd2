namespace TaskGraph.Transport.Frames;

/// <summary>A frame in a <see cref="FrameBatch"/>.</summary>
/// <param name="Start">Where its header starts in the batch.</param>
/// <param name="End">Where its body ends.</param>
/// <param name="Flags">What is special about it.</param>
/// <param name="Attachments">The buffers that follow it, null for none.</param>
internal readonly record struct PendingFrame(
    int Start,
    int End,
    FrameFlags Flags,
    ReadOnlyMemory<byte>[]? Attachments);
