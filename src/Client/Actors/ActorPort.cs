using System.Security.Cryptography;
using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// One client's calls of one actor: numbered, sent in order, and said again in order after a cut, until the scheduler
/// says that the actor is gone.
/// </summary>
internal sealed class ActorPort(Client client, ActorReference actor)
{
    /// <summary>Replies above this are not left with the worker until the next call.</summary>
    private const int LargeReplyBytes = 64 << 10;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ulong _caller = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly SortedDictionary<ulong, Pending> _pending = [];
    private ulong _last;
    private int _dialled;
    private ActorLink? _link;
    private bool _isConnecting;
    private Exception? _end;

    private sealed record Pending(ActorCall Call)
    {
        public TaskCompletionSource<ActorReply> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The actor.</summary>
    public ActorReference Actor => actor;

    /// <summary>Sends a call; completes with the reply.</summary>
    public Task<ActorReply> CallAsync(ActorCall call)
    {
        lock (_gate)
        {
            if (_end is not null)
                return Task.FromException<ActorReply>(AsNew(_end));
            call.Caller = _caller;
            call.RequestId = ++_last;
            var pending = new Pending(call);
            _pending.Add(call.RequestId, pending);
            if (_link is { } link)
                Say(link, call);
            else
                Connect();
            return pending.Done.Task;
        }
    }

    /// <summary>Takes a reply.</summary>
    public void Take(ActorReply reply)
    {
        if (reply.Outcome == ActorOutcome.Missing)
        {
            Close(new ActorLostException(actor.Key, $"it does not live on {actor.WorkerAddress} any more"));
            return;
        }
        lock (_gate)
        {
            if (!_pending.Remove(reply.RequestId, out var pending))
                return;
            pending.Done.TrySetResult(reply);
            if (_pending.Count == 0 && reply.Attachments.Count > 0 && reply.Attachments[0].Length > LargeReplyBytes)
                _link?.Send(new ActorRepliesTaken { Actor = actor.Id, Caller = _caller, Answered = _last });
        }
    }

    /// <summary>The way to the worker is cut.</summary>
    public void LinkLost(ActorLink link)
    {
        lock (_gate)
        {
            if (_link != link)
                return;
            _link = null;
            if (_pending.Count > 0)
                Connect();
        }
    }

    /// <summary>Nothing more can be called: all who wait are told why.</summary>
    public void Close(Exception end)
    {
        lock (_gate)
        {
            _end ??= end;
            foreach (var pending in _pending.Values)
                pending.Done.TrySetException(AsNew(_end));
            _pending.Clear();
            _link?.Detach(this);
            _link = null;
        }
        client.Forget(this);
    }

    private void Connect()
    {
        if (_isConnecting || _end is not null)
            return;
        _isConnecting = true;
        // Without the caller's ambient values: the connection outlives the task that made the first call.
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(ConnectAsync);
    }

    private async Task ConnectAsync()
    {
        try
        {
            for (var pause = s_firstPause; !await TryConnectAsync().ConfigureAwait(false); pause *= 2)
            {
                if (!await client.IsThereAsync(actor, client.Closing).ConfigureAwait(false))
                {
                    Close(new ActorLostException(actor.Key, $"its worker {actor.WorkerAddress} is gone"));
                    return;
                }
                await Task.Delay(pause < s_longestPause ? pause : s_longestPause, client.Closing).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is TaskGraphException or OperationCanceledException or ObjectDisposedException)
        {
            // There is no scheduler, or no client, to go on with.
            Close(e);
        }
    }

    private async Task<bool> TryConnectAsync()
    {
        try
        {
            var link = await client.ActorLinkAsync(actor.WorkerAddress).WaitAsync(client.Closing).ConfigureAwait(false);
            lock (_gate)
            {
                if (!link.Attach(this))
                    return false;
                _isConnecting = false;
                _link = link;
                _dialled++;
                foreach (var pending in _pending.Values)
                    Say(link, pending.Call);
                return true;
            }
        }
        catch (TaskGraphException)
        {
            // The worker cannot be reached now; whether it is gone the scheduler says.
            return false;
        }
    }

    private void Say(ActorLink link, ActorCall call)
    {
        call.Dialled = _dialled;
        call.Answered = OldestPending() - 1;
        link.Send(call);
    }

    private ulong OldestPending()
    {
        foreach (var number in _pending.Keys)
            return number;
        return _last + 1;
    }

    // Each who waits gets an exception of its own, for its own stack.
    private static Exception AsNew(Exception end)
        => end switch
        {
            ActorLostException lost => new ActorLostException(lost.Key, lost.Reason),
            SchedulerLostException lost => new SchedulerLostException(lost.Address, lost.Reason),
            _ => end,
        };
}
