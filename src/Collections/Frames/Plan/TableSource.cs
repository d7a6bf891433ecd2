using System.Buffers;

namespace TaskGraph.Collections;

/// <summary>A table of the client's, cut into partitions that travel inside their tasks.</summary>
internal sealed class TableSource(Table table, int partitionCount) : FrameSource
{
    internal override Schema Schema => table.Schema;

    internal override Task<IReadOnlyList<PartitionInput>> PlanAsync(
        FrameBuild build, IReadOnlySet<string>? needed, int limit)
    {
        Table wanted = needed is null ? table : table.Select([.. table.Schema.Names.Where(needed.Contains)]);
        if (wanted.Columns.Count == 0)
            wanted = table.Select(table.Schema[0].Name);
        var inputs = new List<PartitionInput>();
        for (int i = 0; i < Math.Min(partitionCount, limit); i++)
        {
            int start = (int)((long)table.RowCount * i / partitionCount);
            int end = (int)((long)table.RowCount * (i + 1) / partitionCount);
            inputs.Add(new SliceInput(wanted.Slice(start, end - start)));
        }
        return Task.FromResult<IReadOnlyList<PartitionInput>>(inputs);
    }

    private sealed class SliceInput(Table slice) : PartitionInput
    {
        internal override Arg<Table> Add(GraphBuilder graph, PartitionProgram program)
        {
            var body = new ArrayBufferWriter<byte>();
            var writer = new PayloadWriter(body);
            PayloadCodecs.For<Table>().Write(ref writer, slice);
            writer.Flush();
            return graph.Add(PartitionTasks.TableOfPieces, Pieces.Add(graph, body.WrittenSpan), program);
        }
    }
}
