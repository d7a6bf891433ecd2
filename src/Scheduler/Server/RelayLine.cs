using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;
using TaskGraph.Transport;

namespace TaskGraph.Scheduler.Server;

/// <summary>Data connections to two workers: values come over the one and go on over the other, one after another.</summary>
internal sealed class RelayLine(Connection source, Connection target) : IAsyncDisposable
{
    private const int BusyPauseMs = 150;
    private static readonly TimeSpan s_leastPatience = TimeSpan.FromSeconds(10);

    private readonly List<Message> _fromSource = [];
    private readonly List<Message> _fromTarget = [];
    private ulong _request;

    /// <summary>Dials both.</summary>
    /// <exception cref="TaskGraphException">One of them cannot be reached.</exception>
    public static async Task<RelayLine> OpenAsync(string from, string to)
    {
        Hello hello = new() { Role = PeerRole.Data, Name = "scheduler" };
        Connection source = await Connection.ConnectAsync(Address.Parse(from), hello);
        try
        {
            return new RelayLine(source, await Connection.ConnectAsync(Address.Parse(to), hello));
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fetches the value and puts it.</summary>
    /// <exception cref="TaskGraphException">A connection is gone, or the target would not take the value.</exception>
    /// <exception cref="TimeoutException">It takes longer than the slowest link would.</exception>
    public async Task<RelayOutcome> CarryAsync(ServerRequest.Relay relay)
    {
        const double SlowestBytesPerSecond = 50_000;
        TimeSpan patience = s_leastPatience + TimeSpan.FromSeconds(relay.Bytes / SlowestBytesPerSecond);
        while (true)
        {
            (DataStatus status, PutData put) = await GetAsync(relay.Task).WaitAsync(patience);
            if (status == DataStatus.Missing)
                return RelayOutcome.Missing;
            if (status == DataStatus.Found)
            {
                await PutAsync(put).WaitAsync(patience);
                return RelayOutcome.Arrived;
            }

            await Task.Delay(BusyPauseMs);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await target.DisposeAsync();
    }

    private async Task<(DataStatus Status, PutData Put)> GetAsync(TaskId task)
    {
        GetData question = new() { RequestId = ++_request };
        question.Tasks.Add(task);
        source.Write(question);
        source.Flush();
        PutData put = new() { RequestId = _request, Task = task };
        while (true)
        {
            switch (await NextAsync(source, _fromSource))
            {
                case DataReply reply when reply.RequestId == _request:
                    put.Attachments = reply.Attachments;
                    put.Elements = reply.Elements;
                    return (reply.Status, put);
                case DataReplies { Tasks.Count: > 0 } replies when replies.RequestId == _request:
                    put.Attachments = [replies.Values.MemoryOf(0)];
                    return ((DataStatus)replies.Statuses[0], put);
            }
        }
    }

    private async Task PutAsync(PutData put)
    {
        target.Write(put);
        target.Flush();
        while (true)
        {
            if (await NextAsync(target, _fromTarget) is not PutDataReply reply || reply.RequestId != put.RequestId)
                continue;
            if (reply.Error.Length > 0)
                throw new TaskGraphException($"{target.RemoteAddress} does not take a value: {reply.Error}");
            return;
        }
    }

    private static async Task<Message> NextAsync(Connection connection, List<Message> arrived)
    {
        while (arrived.Count == 0)
        {
            if (!await connection.ReceiveAsync(arrived))
                throw new ConnectionLostException(connection.RemoteAddress, "the worker closed the connection");
        }

        Message next = arrived[0];
        arrived.RemoveAt(0);
        return next;
    }
}
