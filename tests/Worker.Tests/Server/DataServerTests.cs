using Microsoft.Extensions.Logging.Abstractions;
using TaskGraph;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Server;

namespace Worker.Tests.Server;

public class DataServerTests
{
    [Fact]
    public async Task A_connection_over_which_memory_runs_out_is_dropped_and_others_are_served()
    {
        var listener = Listener.Start(Address.Parse("tcp://127.0.0.1:0"), new ConnectionOptions());
        await using var server = new DataServer(listener, NullLogger.Instance);
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Serve(null, arrival =>
        {
            if (arrival is not PutArrival put)
                return;
            if (put.Message.Task.Index == 0)
                throw new InsufficientMemoryException();
            taken.TrySetResult();
        }, null);
        _ = server.RunAsync();

        await using var unlucky = await DialAsync(listener.Address);
        Put(unlucky, 0);
        await Assert.ThrowsAsync<ConnectionLostException>(() => unlucky.ReceiveAsync([]).AsTask().WaitAsync(Limits.Long));

        await using var lucky = await DialAsync(listener.Address);
        Put(lucky, 1);
        await taken.Task.WaitAsync(Limits.Long);
    }

    [Fact]
    public async Task Of_values_that_come_in_pieces_those_that_came_whole_are_offered_once_when_their_connection_is_gone()
    {
        var listener = Listener.Start(Address.Parse("tcp://127.0.0.1:0"), new ConnectionOptions());
        await using var server = new DataServer(listener, NullLogger.Instance);
        var offered = new TaskCompletionSource<IReadOnlyList<TaskId>>(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Serve(null, arrival => _ = arrival is PutterGone gone && offered.TrySetResult(gone.Tasks), null);
        _ = server.RunAsync();

        await using (var scheduler = await DialAsync(listener.Address))
        {
            for (var offset = 0; offset < 3; offset++)
                PutPiece(scheduler, index: 1, offset);
            for (var offset = 0; offset < 2; offset++)
                PutPiece(scheduler, index: 2, offset);
        }

        Assert.Equal([new TaskId(1, 1)], await offered.Task.WaitAsync(Limits.Long));
    }

    private static Task<Connection> DialAsync(Address address)
        => Connection.ConnectAsync(address, new Hello { Role = PeerRole.Data, Name = "test" });

    private static void Put(Connection connection, int index)
    {
        connection.Write(new PutData { RequestId = 1, Task = new TaskId(1, index), Attachments = [new byte[] { 1, 2, 3 }] });
        connection.Flush();
    }

    private static void PutPiece(Connection connection, int index, int offset)
    {
        var piece = new ValuePiece { RequestId = 1, Task = new TaskId(1, index), Offset = offset, Attachments = [new byte[1]] };
        if (offset == 0)
            piece.Lengths.Add(3);
        connection.Write(piece);
        connection.Flush();
    }
}
