using TaskGraph;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Server;

namespace Worker.Tests.Server;

/// <summary>Values that are carried on piece by piece.</summary>
public class ValuePieceTests
{
    private static readonly TaskId s_task = Tasks.T(1);

    [Theory]
    [InlineData(1, new[] { 5 })]
    [InlineData(3, new[] { 5, 0, 7, 0, 0, 2, 0 })]
    [InlineData(100, new[] { 1, 250, 99, 100, 101 })]
    public void A_value_that_is_cut_and_put_together_again_is_the_same(int pieceBytes, int[] lengths)
    {
        var payload = Make(lengths);
        var reading = new ValueReading(s_task, payload);
        ValueAssembly? assembly = null;
        for (long offset = 0; assembly?.IsWhole != true;)
        {
            var piece = Piece(reading, offset, pieceBytes);
            assembly ??= ValueAssembly.Begin(piece, maxBytes: 1000);
            Assert.True(assembly!.Take(piece));
            var cut = piece.Attachments[0].Length;
            Assert.InRange(cut, 1, pieceBytes);
            offset += cut;
            Assert.Equal(offset, assembly.Received);
            Assert.Equal(assembly.IsWhole, reading.EndsWith(offset - cut, cut));
        }

        Assert.Equal(
            Payloads.ToAttachments(payload).Select(static part => part.ToArray()), assembly.Parts.Select(static part => part.ToArray()));
    }

    [Fact]
    public void A_piece_that_is_missing_repeated_too_long_or_of_another_value_is_not_taken()
    {
        var reading = new ValueReading(s_task, Make([4, 4]));
        var assembly = ValueAssembly.Begin(Piece(reading, 0, 4), maxBytes: 8)!;

        Assert.False(assembly.Take(Piece(reading, 4, 4)));
        Assert.True(assembly.Take(Piece(reading, 0, 4)));
        Assert.False(assembly.Take(Piece(reading, 0, 4)));
        Assert.False(assembly.Take(new ValuePiece { Task = s_task, Offset = 4, Attachments = [new byte[5]] }));
        Assert.False(assembly.Take(new ValuePiece { Task = Tasks.T(2), Offset = 4, Attachments = [new byte[4]] }));
        Assert.False(assembly.Take(new ValuePiece { Task = s_task, Offset = 4 }));
        Assert.Equal(4, assembly.Received);
        Assert.True(assembly.Take(Piece(reading, 4, 4)));
        Assert.True(assembly.IsWhole);
    }

    [Theory]
    [InlineData(new long[0])]
    [InlineData(new long[] { 0 })]
    [InlineData(new long[] { 4, -1 })]
    [InlineData(new long[] { 4, 97 })]
    [InlineData(new long[] { long.MaxValue, long.MaxValue })]
    public void Lengths_that_cannot_be_are_refused_before_there_is_room_for_them(long[] lengths)
    {
        var piece = new ValuePiece { Task = s_task, Attachments = [new byte[1]] };
        piece.Lengths.AddRange(lengths);
        Assert.Null(ValueAssembly.Begin(piece, maxBytes: 100));
    }

    [Fact]
    public async Task A_value_goes_from_one_worker_to_another_through_a_third_process_in_pieces()
    {
        const int Count = 50_000;
        await using var bed = await Bed.StartAsync(2);
        var made = bed.Links[0];
        made.Send(Tasks.Compute(1, made.Define(WorkerServerTests.Ramp), Tasks.Value(Count)));
        await made.NextAsync<TasksFinished>();
        await using var source = await DialAsync(made.DataAddress);
        await using var target = await DialAsync(bed.Links[1].DataAddress);
        var (offset, pieces) = (0L, 0);
        PutDataReply reply;
        do
        {
            source.Write(new GetPiece { RequestId = 7, Task = s_task, Offset = offset, MaxBytes = 64 << 10 });
            source.Flush();
            var piece = Assert.IsType<ValuePiece>(await NextAsync(source));
            Assert.Equal((7ul, DataStatus.Found, offset), (piece.RequestId, piece.Status, piece.Offset));
            offset += Assert.Single(piece.Attachments).Length;
            pieces++;
            target.Write(piece);
            target.Flush();
            reply = Assert.IsType<PutDataReply>(await NextAsync(target));
            Assert.Equal(("", offset), (reply.Error, reply.Bytes));
        }
        while (offset < Count * sizeof(float));

        Assert.InRange(pieces, 4, 6);
        var question = new GetData { RequestId = 8 };
        question.Tasks.Add(s_task);
        target.Write(question);
        target.Flush();
        var whole = Assert.IsType<DataReply>(await NextAsync(target));
        Assert.Equal(
            WorkerServerTests.Ramp(Count),
            PayloadCodecs.Decode<float[]>(Payloads.FromAttachments(whole.Attachments)));
    }

    [Fact]
    public async Task Pieces_of_a_value_that_is_not_there_and_such_that_follow_nothing_are_refused()
    {
        await using var bed = await Bed.StartAsync(1);
        await using var data = await DialAsync(bed.Links[0].DataAddress);
        data.Write(new GetPiece { RequestId = 1, Task = s_task, MaxBytes = 1 });
        data.Flush();
        Assert.Equal(DataStatus.Missing, Assert.IsType<ValuePiece>(await NextAsync(data)).Status);

        data.Write(new ValuePiece { RequestId = 2, Task = s_task, Offset = 10, Attachments = [new byte[1]] });
        data.Flush();
        Assert.Contains("does not fit", Assert.IsType<PutDataReply>(await NextAsync(data)).Error, StringComparison.Ordinal);
    }

    private static Payload Make(int[] lengths)
    {
        byte next = 0;
        var parts = lengths.Select(length => Enumerable.Range(0, length).Select(_ => next++).ToArray()).ToArray();
        return new Payload(parts[0], [.. parts.Skip(1).Select(static part => (ReadOnlyMemory<byte>)part)]);
    }

    private static ValuePiece Piece(ValueReading reading, long offset, int bytes)
    {
        var piece = new ValuePiece { Task = s_task, Offset = offset, Attachments = [reading.Cut(offset, bytes)] };
        if (offset == 0)
            piece.Lengths.AddRange([.. reading.Lengths]);
        return piece;
    }

    private static Task<Connection> DialAsync(string address)
        => Connection.ConnectAsync(Address.Parse(address), new Hello { Role = PeerRole.Data });

    private static async Task<Message> NextAsync(Connection connection)
    {
        var messages = new List<Message>();
        Assert.True(await connection.ReceiveAsync(messages));
        return Assert.Single(messages);
    }
}
