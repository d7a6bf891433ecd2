using System.Runtime.InteropServices;

namespace TaskGraph.Messages;

/// <summary>Versions and limits of the wire protocol.</summary>
public static class Protocol
{
    /// <summary>Oldest version that this build can speak.</summary>
    public const int Oldest = 1;

    /// <summary>Newest version that this build can speak.</summary>
    public const int Newest = 1;

    /// <summary>Largest frame on a control connection, in bytes.</summary>
    public const int MaxControlFrameBytes = 1 << 20;

    /// <summary>Chunks of a large submission, of an assembly and of other bulk on control connections stay below this.</summary>
    public const int MaxChunkBytes = 256 << 10;

    /// <summary>
    /// Most rows that a message may announce, in any of its columns. It bounds what a few hostile bytes can make the
    /// receiver allocate; senders start a new message long before.
    /// </summary>
    public const int MaxMessageRows = 1 << 18;

    /// <summary>Senders put at most this many tasks into one message.</summary>
    public const int MaxTasksPerMessage = 1 << 15;

    /// <summary>Results up to this many encoded bytes travel with the message that reports them.</summary>
    public const int MaxInlineResultBytes = 1 << 10;

    /// <summary>Version, runtime and architecture of this build, in words.</summary>
    public static string Build { get; } =
        $"taskgraph {typeof(Protocol).Assembly.GetName().Version?.ToString(3)}, "
        + $".NET {Environment.Version}, {RuntimeInformation.ProcessArchitecture}";
}
