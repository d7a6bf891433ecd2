using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph;

/// <summary>A data connection to one worker: many requests may be on their way at once.</summary>
internal sealed class DataLink : IWorkerLink
{
    private readonly Connection _connection;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, DataRequest> _gets = [];
    private readonly Dictionary<ulong, TaskCompletionSource<PutDataReply>> _puts = [];
    private readonly Task _receiving;
    private ulong _nextRequest = 1;
    private string? _failure;

    private DataLink(Connection connection)
    {
        _connection = connection;
        _receiving = Task.Run(ReceiveAsync);
    }

    /// <summary>Whether the connection still stands.</summary>
    public bool IsAlive => Volatile.Read(ref _failure) is null;

    /// <summary>Dials a worker.</summary>
    public static async Task<DataLink> ConnectAsync(Address address, Hello hello, CancellationToken cancellation)
        => new(await Connection.ConnectAsync(address, hello, null, cancellation).ConfigureAwait(false));

    /// <summary>Asks for values; completes when each was answered or the worker is gone.</summary>
    public async Task GetAsync(DataRequest request, CancellationToken cancellation)
    {
        ulong id;
        lock (_gate)
        {
            if (_failure is not null)
            {
                request.Fail(_failure);
                return;
            }
            id = _nextRequest++;
            _gets.Add(id, request);
            var message = new GetData { RequestId = id };
            message.Tasks.AddRange(request.Tasks);
            _connection.Write(message);
            _connection.Flush();
        }
        try
        {
            await request.Done.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _gets.Remove(id);
        }
    }

    /// <summary>Puts a value into the worker's store; returns its bytes there.</summary>
    /// <exception cref="ConnectionLostException">The worker is gone.</exception>
    /// <exception cref="TaskGraphException">The worker would not take it, and says why.</exception>
    public async Task<long> PutAsync(TaskId task, Payload payload, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<PutDataReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong id;
        lock (_gate)
        {
            if (_failure is not null)
                throw new ConnectionLostException(_connection.RemoteAddress, _failure);
            id = _nextRequest++;
            _puts.Add(id, done);
            _connection.Write(new PutData
            {
                RequestId = id,
                Task = task,
                Attachments = [payload.Body, .. payload.Buffers],
                Elements = payload.Elements,
            });
            _connection.Flush();
        }
        var reply = await done.Task.WaitAsync(cancellation).ConfigureAwait(false);
        return reply.Error.Length == 0
            ? reply.Bytes
            : throw new TaskGraphException($"Worker {_connection.RemoteAddress} did not take the data: {reply.Error}");
    }

    /// <summary>Ends the connection at once; all requests fail.</summary>
    public void Abandon(string reason) => _connection.Abort(reason);

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
    }

    private async Task ReceiveAsync()
    {
        var messages = new List<Message>();
        var reason = "the worker closed the connection";
        try
        {
            while (await _connection.ReceiveAsync(messages).ConfigureAwait(false))
            {
                foreach (var message in messages)
                    Take(message);
                messages.Clear();
            }
        }
        catch (Exception e) when (e is TaskGraphException or IOException)
        {
            reason = e.Message;
        }
        End(reason);
    }

    private void Take(Message message)
    {
        lock (_gate)
        {
            switch (message)
            {
                case DataReply reply when _gets.TryGetValue(reply.RequestId, out var request):
                    if (request.Take(reply))
                        request.Complete();
                    break;
                case DataReplies replies when _gets.TryGetValue(replies.RequestId, out var request):
                    if (request.Take(replies))
                        request.Complete();
                    break;
                case PutDataReply reply when _puts.Remove(reply.RequestId, out var done):
                    done.TrySetResult(reply);
                    break;
            }
        }
    }

    private void End(string reason)
    {
        lock (_gate)
        {
            Volatile.Write(ref _failure, reason);
            foreach (var request in _gets.Values)
                request.Fail(reason);
            foreach (var put in _puts.Values)
                put.TrySetException(new ConnectionLostException(_connection.RemoteAddress, reason));
            _gets.Clear();
            _puts.Clear();
        }
    }
}
