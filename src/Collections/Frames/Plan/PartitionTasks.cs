using System.IO.Compression;

namespace TaskGraph.Collections;

/// <summary>What runs on workers: static functions of this assembly, which is shipped to them.</summary>
internal static class PartitionTasks
{
    /// <summary>Set to 0 on a worker, it makes clients send it what they would let it read itself.</summary>
    internal const string LocalReadsVariable = "TASKGRAPH_LOCAL_READS";

    /// <summary>What a worker sees at the client's paths: the numbers of their probes.</summary>
    internal static long[] Probe(string[] paths)
    {
        bool isOff = Environment.GetEnvironmentVariable(LocalReadsVariable) == "0";
        return [.. paths.SelectMany(path => (isOff ? FileProbe.None : FileProbe.TryOf(path)).ToNumbers())];
    }

    /// <summary>Reads a range of a file that this worker sees.</summary>
    internal static Table ReadRange(CsvTask task, PartitionProgram program)
    {
        ReadOnlyMemory<byte> bytes;
        long start = task.Range.Start;
        try
        {
            if (new FileInfo(task.Path).Length is var length && length != task.Probe.Length)
                throw new IOException($"It has {length} bytes, and had {task.Probe.Length} when it was planned.");
            if (task.IsGzip)
                bytes = InflatedFile.Read(task.Path, task.Probe, task.Range.Start, task.Range.End);
            else
                (bytes, start) = ReadPlain(task);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            string worker = TaskContext.Current is { } context
                ? $"Worker '{context.WorkerName}' ({context.WorkerAddress})"
                : "This process";
            throw new IOException($"{worker} cannot read {task.Path}: {e.Message} A path is the client's; workers "
                + $"that do not see the file need {LocalReadsVariable}=0, so that its bytes are sent to them.", e);
        }
        int quote = task.ForbidsQuotes ? bytes.Span.IndexOf(task.Format.Quote) : -1;
        if (quote >= 0)
        {
            throw new CsvException($"{task.Path}: there is a quote at byte {start + quote}, and none in the sample, so "
                + "that rows may have been cut inside a field. Set CsvOptions.QuotedNewlines to true if quoted fields "
                + "hold line ends, and to false if they do not.");
        }
        long line = task.Range.IsExact || start == task.DataStart ? task.Range.FirstLine : 0;
        return program.Run(CsvParser.Parse(bytes.Span, task.Format, new CsvOrigin(task.Path, start, line)));
    }

    private static (ReadOnlyMemory<byte> Bytes, long Start) ReadPlain(CsvTask task)
    {
        using var file = File.OpenHandle(task.Path);
        return CsvRangeReader.Read(file, task.Range, task.DataStart);
    }

    /// <summary>A piece of bytes that travels inside its own task, so that it can be sent again after a loss.</summary>
    internal static byte[] Piece(byte[] bytes) => bytes;

    /// <summary>Parses rows that the client has sent, packed, in pieces.</summary>
    internal static Table ParsePieces(byte[][] pieces, CsvTask task, PartitionProgram program)
    {
        byte[] bytes = Unpack(pieces, task.Range.End - task.Range.Start);
        var origin = new CsvOrigin(task.Path, task.Range.Start, task.Range.FirstLine);
        return program.Run(CsvParser.Parse(bytes, task.Format, origin));
    }

    /// <summary>Makes a table of what the client has sent, packed, in pieces.</summary>
    internal static Table TableOfPieces(byte[][] pieces, PartitionProgram program) =>
        program.Run(PayloadCodecs.Decode<Table>(new Payload(Unpack(pieces, Array.MaxLength))));

    internal static Table Run(Table table, PartitionProgram program) => program.Run(table);

    internal static long CountRows(Table table) => table.RowCount;

    /// <summary>Joins group states.</summary>
    internal static Table Merge(Table[] states, AggregateSpec spec) =>
        GroupByKernel.Merge(states, spec.Keys, spec.Aggregates);

    /// <summary>Joins the last group states and computes the result.</summary>
    internal static Table Finish(Table[] states, AggregateSpec spec) =>
        GroupByKernel.Finish(Merge(states, spec), spec.Keys, spec.Aggregates);

    /// <summary>Joins partitions and runs steps (a sort) over the whole.</summary>
    internal static Table Concat(Table[] parts, PartitionProgram program) => program.Run(Table.Concat(parts));

    /// <summary>Compresses bytes for <see cref="ParsePieces"/> and cuts them to a piece's size.</summary>
    internal static byte[][] Pack(ReadOnlySpan<byte> bytes, int pieceBytes)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(bytes);
        return packed.Length == 0 ? [[]] : [.. packed.ToArray().Chunk(pieceBytes)];
    }

    /// <summary>Unpacks at most <paramref name="limit"/> bytes, whatever the pieces would swell to.</summary>
    private static byte[] Unpack(byte[][] pieces, long limit)
    {
        using var packed = new MemoryStream();
        foreach (byte[] piece in pieces)
            packed.Write(piece);
        packed.Position = 0;
        using var deflate = new DeflateStream(packed, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        var block = new byte[64 << 10];
        for (int read; (read = deflate.Read(block)) > 0;)
        {
            if (bytes.Length + read > limit)
                throw new InvalidDataException($"The pieces unpack to more than the {limit} bytes announced.");
            bytes.Write(block, 0, read);
        }
        return bytes.ToArray();
    }
}
