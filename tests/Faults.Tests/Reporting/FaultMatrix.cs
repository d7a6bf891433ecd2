namespace TaskGraph.Tests.Faults;

/// <summary>The rows of the fault matrix, as docs/reliability.md lists them.</summary>
internal static class FaultMatrix
{
    public static IReadOnlyList<(int Row, string Title)> Rows { get; } =
    [
        (1, "worker killed"),
        (2, "worker stopped for a while"),
        (3, "managed memory without bound"),
        (4, "native memory without bound"),
        (5, "disk full while spilling"),
        (6, "bit flip in a spill file or the journal"),
        (7, "slow network card"),
        (8, "straggler"),
        (9, "half-open connection"),
        (10, "two workers cannot reach each other"),
        (11, "worker and scheduler cannot reach each other"),
        (12, "half of the workers silent at once"),
        (13, "scheduler killed and started again"),
        (14, "two schedulers"),
        (15, "client killed"),
        (16, "duplicated and reordered messages"),
        (17, "corrupt frame"),
        (18, "oversize frame"),
        (19, "peers that dribble"),
        (20, "1,000 connections"),
        (21, "bad certificate"),
        (22, "bad token"),
        (23, "other version"),
        (24, "clock jumps"),
        (25, "task throws"),
        (26, "task hangs"),
        (27, "task kills its process"),
        (28, "argument that cannot travel"),
        (29, "result that cannot travel"),
        (30, "result larger than memory"),
        (31, "cycle in a graph"),
        (32, "same key, other definition"),
        (33, "a million tasks in one submit"),
        (34, "client that does not read"),
        (35, "nanny killed"),
        (36, "power cut while the journal is written"),
        (37, "volunteer returns wrong values"),
        (38, "task that nobody can run"),
    ];

    /// <summary>Rows whose means are not built yet, and what brings them.</summary>
    public static IReadOnlyDictionary<int, string> Elsewhere { get; } = new Dictionary<int, string>
    {
        [21] = "waits for TLS (security)",
        [22] = "waits for join tokens (security)",
        [37] = "waits for quorums of volunteers (security)",
    };
}
