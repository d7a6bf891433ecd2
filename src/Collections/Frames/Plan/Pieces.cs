namespace TaskGraph.Collections;

/// <summary>
/// Bytes that the client sends with a graph. They are packed and cut into pieces small enough to travel inside a
/// task, where the scheduler keeps them: a partition lost with its worker can be made again without the client.
/// </summary>
internal static class Pieces
{
    /// <summary>Below the size at which arguments would be put on one worker instead, to be lost with it.</summary>
    private const int PieceBytes = 96 << 10;

    internal static Arg<byte[][]> Add(GraphBuilder graph, ReadOnlySpan<byte> bytes)
    {
        var tasks = new List<GraphTask<byte[]>>();
        foreach (byte[] piece in PartitionTasks.Pack(bytes, PieceBytes))
            tasks.Add(graph.Add(PartitionTasks.Piece, piece));
        return Arg.All(tasks);
    }
}
