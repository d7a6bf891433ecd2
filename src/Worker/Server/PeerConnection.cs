using System.Diagnostics;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Machine;

namespace TaskGraph.Worker.Server;

/// <summary>
/// A data connection that this worker dialled: requests go out, values come back; group messages go out.
/// </summary>
internal sealed class PeerConnection(string address, Connection connection)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Fetch> _fetches = [];
    private ulong _nextRequest;
    private bool _isLost;

    private sealed record Fetch(FetchRequest Request, FetchResult Result, Action<FetchResult> Ended, long SinceTicks)
    {
        public int Received { get; set; }
    }

    /// <summary>The peer's data address.</summary>
    public string Address { get; } = address;

    /// <summary>The connection itself.</summary>
    public Connection Connection { get; } = connection;

    /// <summary>Whether it can still be used.</summary>
    public bool IsLost => Volatile.Read(ref _isLost);

    /// <summary>Asks for values; <paramref name="ended"/> is called once, whatever happens.</summary>
    public void Ask(FetchRequest request, Action<FetchResult> ended)
    {
        var result = new FetchResult(request.Id, request.Tasks.Count);
        var message = new GetData();
        foreach (var task in request.Tasks)
            message.Tasks.Add(task);
        lock (_gate)
        {
            if (!_isLost)
            {
                message.RequestId = ++_nextRequest;
                _fetches.Add(message.RequestId, new Fetch(request, result, ended, Stopwatch.GetTimestamp()));
            }
        }

        if (message.RequestId == 0)
        {
            ended(result);
            return;
        }

        Connection.Write(message);
        Connection.Flush();
    }

    /// <summary>Takes what the peer sends until the connection ends; returns why it ended.</summary>
    public async Task<string> ReceiveAsync()
    {
        var reason = "it closed the connection";
        try
        {
            var messages = new List<Message>();
            while (await Connection.ReceiveAsync(messages).ConfigureAwait(false))
            {
                foreach (var message in messages)
                {
                    if (message is DataReplies replies)
                        Take(replies);
                    else if (message is DataReply reply)
                        Take(reply);
                }

                messages.Clear();
            }
        }
        catch (Exception e)
        {
            // Also when memory runs out over what came: the values are asked for again, over another connection.
            reason = e.Message;
            Connection.Abort(reason);
        }

        Lose();
        return reason;
    }

    /// <summary>Cuts the connection if the peer has owed an answer, and sent nothing, for so long.</summary>
    public void CheckSilence(TimeSpan limit)
    {
        lock (_gate)
        {
            if (_fetches.Count == 0 || Stopwatch.GetElapsedTime(Connection.LastReceivedTimestamp) < limit)
                return;
            foreach (var fetch in _fetches.Values)
            {
                if (Stopwatch.GetElapsedTime(fetch.SinceTicks) < limit)
                    return;
            }
        }

        Connection.Abort($"{Address} owes values and has sent nothing for {limit.TotalSeconds:0} s");
    }

    private void Take(DataReply reply)
    {
        var hasValue = reply.Attachments.Count > 0;
        var value = hasValue ? Payloads.FromAttachments(reply.Attachments) : default;
        Fetch? fetch;
        bool isWhole;
        lock (_gate)
        {
            if (!_fetches.TryGetValue(reply.RequestId, out fetch))
                return;
            Note(fetch, reply.Task, StatusOf(reply.Status, hasValue), value);
            isWhole = IsWhole(reply.RequestId, fetch);
        }

        if (isWhole)
            fetch.Ended(fetch.Result);
    }

    /// <summary>The values stay where they are in the message's bytes.</summary>
    private void Take(DataReplies replies)
    {
        Fetch? fetch;
        bool isWhole;
        lock (_gate)
        {
            if (!_fetches.TryGetValue(replies.RequestId, out fetch))
                return;
            for (var i = 0; i < replies.Tasks.Count; i++)
            {
                var value = replies.Values.MemoryOf(i);
                var status = StatusOf((DataStatus)replies.Statuses[i], value.Length > 0);
                Note(fetch, replies.Tasks[i], status, new Payload(value));
            }

            isWhole = IsWhole(replies.RequestId, fetch);
        }

        if (isWhole)
            fetch.Ended(fetch.Result);
    }

    private static void Note(Fetch fetch, TaskId task, FetchStatus status, in Payload value)
    {
        var index = IndexOf(task, fetch);
        if (index < 0 || fetch.Result.Statuses[index] != FetchStatus.Unreachable)
            return;
        fetch.Received++;
        fetch.Result.Statuses[index] = status;
        if (status != FetchStatus.Found)
            return;
        fetch.Result.Values[index] = value;
        fetch.Result.Bytes[index] = value.ByteCount;
    }

    /// <summary>Whether all has been answered: then the request is forgotten.</summary>
    private bool IsWhole(ulong request, Fetch fetch) =>
        fetch.Received == fetch.Request.Tasks.Count && _fetches.Remove(request);

    /// <summary>Answers come in the order of the questions, as a rule.</summary>
    private static int IndexOf(TaskId task, Fetch fetch) =>
        fetch.Received < fetch.Request.Tasks.Count && fetch.Request.Tasks[fetch.Received] == task
            ? fetch.Received
            : fetch.Request.Tasks.IndexOf(task);

    private static FetchStatus StatusOf(DataStatus status, bool hasValue) => status switch
    {
        DataStatus.Found when hasValue => FetchStatus.Found,
        DataStatus.Busy => FetchStatus.Busy,
        _ => FetchStatus.Missing,
    };

    private void Lose()
    {
        List<Fetch> unanswered;
        lock (_gate)
        {
            _isLost = true;
            unanswered = [.. _fetches.Values];
            _fetches.Clear();
        }

        foreach (var fetch in unanswered)
            fetch.Ended(fetch.Result);
    }
}
