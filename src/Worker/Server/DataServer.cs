using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Actors;
using TaskGraph.Worker.Storage;

namespace TaskGraph.Worker.Server;

/// <summary>
/// Serves values to other workers and clients, takes those they put here, and passes group messages on: off the
/// loop's thread, each connection on its own.
/// </summary>
internal sealed partial class DataServer(Listener listener, ILogger logger) : IAsyncDisposable
{
    // Beyond this much unsent data a further request is answered with Busy: more requests would only wait in memory.
    public const long MaxPendingBytes = 256 << 20;

    private readonly ConcurrentDictionary<Connection, byte> _connections = new();
    private readonly CancellationTokenSource _closing = new();
    private volatile ObjectStore? _store;
    private volatile Action<object>? _put;
    private volatile ActorTable? _actors;

    /// <summary>A group message came.</summary>
    public event Action<GroupData>? GroupMessage;

    /// <summary>A peer's connection has ended: its data address and the reason.</summary>
    public event Action<string, string>? Lost;

    /// <summary>
    /// Which store and actors are served, and who handles puts, from now on; null while there is no scheduler.
    /// </summary>
    public void Serve(ObjectStore? store, Action<object>? put, ActorTable? actors)
    {
        _actors = actors;
        _store = store;
        _put = put;
    }

    /// <summary>Accepts until disposed.</summary>
    public async Task RunAsync()
    {
        try
        {
            await foreach (var pending in listener.AcceptAsync(_closing.Token).ConfigureAwait(false))
                _ = ServeAsync(pending);
        }
        catch (OperationCanceledException)
        {
            // Closing.
        }
    }

    /// <summary>Stops listening and closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await listener.DisposeAsync().ConfigureAwait(false);
        var closings = new List<Task>();
        foreach (var (connection, _) in _connections)
            closings.Add(connection.DisposeAsync().AsTask());
        await Task.WhenAll(closings).ConfigureAwait(false);
    }

    private async Task ServeAsync(PendingConnection pending)
    {
        if (pending.Hello.Role != PeerRole.Data)
        {
            await pending.RefuseAsync($"this is a worker's data address: it takes no {pending.Hello.Role}.")
                .ConfigureAwait(false);
            return;
        }

        Connection? connection = null;
        var puts = new List<TaskId>();
        var reason = "it closed the connection";
        try
        {
            connection = await pending.WelcomeAsync(new Welcome { Name = "" }).ConfigureAwait(false);
            _connections.TryAdd(connection, 0);
            await ReceiveAsync(connection, puts).ConfigureAwait(false);
        }
        catch (TaskGraphException e)
        {
            reason = e.Message;
            logger.LogDebug("A data connection ended: {Reason}", e.Message);
        }
        catch (Exception e)
        {
            // Memory may run out over what came, say: whoever sent it learns that from the end of the connection.
            reason = e.Message;
            logger.LogWarning("A data connection is dropped: {Reason}", e.Message);
            connection?.Abort(reason);
        }

        if (connection is null)
            return;
        _connections.TryRemove(connection, out _);
        if (puts.Count > 0)
            _put?.Invoke(new PutterGone(puts));
        _actors?.Left(connection, reason);
        if (pending.Hello.DataAddress.Length > 0)
            Lost?.Invoke(pending.Hello.DataAddress, reason);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ReceiveAsync(Connection connection, List<TaskId> puts)
    {
        var messages = new List<Message>();
        var answers = new DataAnswers(connection);
        var pieces = new PieceExchange(connection);
        while (await connection.ReceiveAsync(messages).ConfigureAwait(false))
        {
            var isAnswered = false;
            foreach (var message in messages)
            {
                switch (message)
                {
                    case GroupData data:
                        GroupMessage?.Invoke(data);
                        break;
                    case GetData request:
                        Answer(answers, request);
                        isAnswered = true;
                        break;
                    case PutData put:
                        puts.Add(put.Task);
                        Put(connection, put);
                        break;
                    case GetPiece request:
                        Answer(pieces, request);
                        break;
                    case ValuePiece piece:
                        if (pieces.Take(piece) is { } whole)
                        {
                            puts.Add(whole.Task);
                            Put(connection, whole);
                        }

                        break;
                    case ActorCall call:
                        Call(connection, call);
                        break;
                    case ActorRepliesTaken taken:
                        _actors?.Take(taken);
                        break;
                    case AssemblyBytes piece:
                        _actors?.Take(piece);
                        break;
                }
            }

            messages.Clear();
            if (isAnswered)
                connection.Flush();
        }
    }

    private void Answer(DataAnswers answers, GetData request)
    {
        var isBusy = false;
        answers.Begin(request.RequestId);
        foreach (var task in request.Tasks.Span)
        {
            // Also between the values of one request: those from disk take memory until they are sent.
            isBusy = isBusy || PendingBytes() > _limit();
            if (isBusy)
                answers.Add(task, DataStatus.Busy);
            else if (Find(task) is { } value && TryEncode(value, out var payload))
                answers.Add(task, payload);
            else
                answers.Add(task, DataStatus.Missing);
        }

        answers.End();
    }

    private void Answer(PieceExchange pieces, GetPiece request)
    {
        if (PendingBytes() > _limit())
        {
            pieces.Refuse(request, DataStatus.Busy);
        }
        else if (pieces.IsUnderWay(request))
        {
            pieces.Answer(request);
        }
        else if (request.Offset == 0 && Find(request.Task) is { } value && TryEncode(value, out var payload))
        {
            pieces.Begin(request.Task, payload);
            pieces.Answer(request);
        }
        else
        {
            pieces.Refuse(request, DataStatus.Missing);
        }
    }

    private bool TryEncode(StoredValue value, out Payload payload)
    {
        try
        {
            payload = value.Encode();
            return true;
        }
        catch (Exception e)
        {
            // Results are tried out before they count as finished: only one that changed afterwards comes here.
            logger.LogError("The value of {Task} cannot be encoded: {Reason}", value.Task, e.Message);
            payload = default;
            return false;
        }
    }

    private void Put(Connection connection, PutData put)
    {
        if (_put is { } handler && put.Attachments.Count > 0)
        {
            handler(new PutArrival(connection, put));
            return;
        }

        connection.Write(new PutDataReply
        {
            RequestId = put.RequestId,
            Error = put.Attachments.Count == 0 ? "no value came with it" : "the worker has no scheduler at the moment",
        });
        connection.Flush();
    }

    private void Call(Connection connection, ActorCall call)
    {
        if (_actors is { } actors)
            actors.Take(connection, call);
        else
            ActorTable.SayMissing(connection, call);
    }

    private long PendingBytes()
    {
        long bytes = 0;
        foreach (var (connection, _) in _connections)
            bytes += connection.PendingBytes;
        return bytes;
    }
}
