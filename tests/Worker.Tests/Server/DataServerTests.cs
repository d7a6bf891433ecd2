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

    private static Task<Connection> DialAsync(Address address)
        => Connection.ConnectAsync(address, new Hello { Role = PeerRole.Data, Name = "test" });

    private static void Put(Connection connection, int index)
    {
        connection.Write(new PutData { RequestId = 1, Task = new TaskId(1, index), Attachments = [new byte[] { 1, 2, 3 }] });
        connection.Flush();
    }
}
