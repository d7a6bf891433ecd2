using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;
using TaskGraph.Transport;

namespace TaskGraph.Scheduler.Server;

/// <summary>
/// Data connections to two workers: values come over the one and go on over the other, one after another and in pieces, so that
/// this process needs no room for them.
/// </summary>
internal sealed class RelayLine(Connection source, Connection target, TimeSpan patience) : IAsyncDisposable
{
    private const int BusyPauseMs = 150;

    // Two of them are in use at once: one comes while the other goes on. Larger ones would be large objects to the collector,
    // which lets some 80 MiB of these gather before it takes them away.
    private const int PieceBytes = 64 << 10;

    private readonly List<Message> _fromSource = [];
    private readonly List<Message> _fromTarget = [];
    private ulong _request;

    /// <summary>Dials both, which may take <paramref name="patience"/> for each piece.</summary>
    /// <exception cref="TaskGraphException">One of them cannot be reached.</exception>
    public static async Task<RelayLine> OpenAsync(string from, string to, TimeSpan patience)
    {
        Hello hello = new() { Role = PeerRole.Data, Name = "scheduler" };
        Connection source = await Connection.ConnectAsync(Address.Parse(from), hello);
        try
        {
            return new RelayLine(source, await Connection.ConnectAsync(Address.Parse(to), hello), patience);
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fetches the value and puts it, each piece while the next one is on its way.</summary>
    /// <exception cref="TaskGraphException">A connection is gone, or the target would not take the value.</exception>
    /// <exception cref="TimeoutException">A piece takes longer than on the slowest link.</exception>
    public async Task<RelayOutcome> CarryAsync(TaskId task)
    {
        ValuePiece piece = await GetAsync(task, 0);
        if (piece.Status == DataStatus.Missing)
            return RelayOutcome.Missing;
        long left = 0;
        foreach (long length in piece.Lengths.Span)
            left += length;
        while (true)
        {
            long offset = piece.Offset + BytesOf(piece);
            left -= BytesOf(piece);
            if (left <= 0)
            {
                await PutAsync(piece);
                return RelayOutcome.Arrived;
            }

            // Whichever end fails first, there is nothing more to wait for at the other.
            Task put = PutAsync(piece);
            Task<ValuePiece> next = GetAsync(task, offset);
            await await Task.WhenAny(put, next);
            await put;
            piece = await next;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await target.DisposeAsync();
    }

    /// <summary>The piece that begins there; asked for again while the source is busy.</summary>
    private async Task<ValuePiece> GetAsync(TaskId task, long offset)
    {
        while (true)
        {
            ValuePiece piece = await GetOnceAsync(task, offset).WaitAsync(patience);
            if (piece.Status == DataStatus.Busy)
            {
                await Task.Delay(BusyPauseMs);
                continue;
            }

            bool isMissing = piece.Status == DataStatus.Missing && offset == 0;
            if (!isMissing && (piece.Offset != offset || BytesOf(piece) == 0))
                throw new TaskGraphException($"{source.RemoteAddress} does not go on with a value after {offset:N0} bytes");
            return piece;
        }
    }

    private async Task<ValuePiece> GetOnceAsync(TaskId task, long offset)
    {
        ulong request = ++_request;
        source.Write(new GetPiece { RequestId = request, Task = task, Offset = offset, MaxBytes = PieceBytes });
        source.Flush();
        while (true)
        {
            if (await NextAsync(source, _fromSource) is ValuePiece piece && piece.RequestId == request)
                return piece;
        }
    }

    private async Task PutAsync(ValuePiece piece)
    {
        target.Write(piece);
        target.Flush();
        while (true)
        {
            if (await NextAsync(target, _fromTarget).WaitAsync(patience) is not PutDataReply reply
                || reply.RequestId != piece.RequestId)
                continue;
            if (reply.Error.Length > 0)
                throw new TaskGraphException($"{target.RemoteAddress} does not take a value: {reply.Error}");
            return;
        }
    }

    private static int BytesOf(ValuePiece piece) => piece.Attachments.Count == 1 ? piece.Attachments[0].Length : 0;

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
