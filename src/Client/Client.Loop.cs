using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph;

// What runs in the background: receiving, releases from finalisers, heartbeats.
public sealed partial class Client
{
    private const string WorkerLeft = "the worker has left the cluster";

    private static readonly TimeSpan s_silenceLimit = TimeSpan.FromSeconds(30);

    private readonly Channel<FutureSet> _collected = Channel.CreateUnbounded<FutureSet>(
        new UnboundedChannelOptions { SingleReader = true });

    /// <summary>
    /// Sends what the machine has to say. Under the lock, so that the order on the wire is the machine's.
    /// </summary>
    private void Transmit()
    {
        _machine.FlushReleases();
        var outbox = _machine.Outbox;
        if (outbox.Count == 0)
            return;
        if (_connection is { } connection && _machine.IsConnected)
        {
            foreach (var message in outbox)
                connection.Write(message);
            connection.Flush();
        }
        outbox.Clear();
    }

    private void Farewell()
    {
        lock (_gate)
        {
            if (_connection is not { } connection || !_machine.IsConnected)
                return;
            connection.Write(new Goodbye { Reason = "the client was disposed of" });
            connection.Flush();
        }
    }

    // What comes wakes that thread and no other.
    private Task<ConnectionEnd> ReceiveOnThreadAsync(Connection connection) => OwnThread.Run(() => ReceiveAllAsync(connection));

    private async Task<ConnectionEnd> ReceiveAllAsync(Connection connection)
    {
        var messages = new List<Message>();
        try
        {
            while (await connection.ReceiveAsync(messages).ConfigureAwait(false))
            {
                if (Take(connection, messages) is { } goodbye)
                {
                    var reason = goodbye.Reason.Length > 0 ? goodbye.Reason : "it was shut down";
                    return new ConnectionEnd(reason, IsFinal: true);
                }
                messages.Clear();
            }
            return new ConnectionEnd("it closed the connection", IsFinal: false);
        }
        catch (Exception e) when (e is TaskGraphException or IOException)
        {
            return new ConnectionEnd(e.Message, IsFinal: false);
        }
    }

    private Goodbye? Take(Connection connection, List<Message> messages)
    {
        Goodbye? goodbye = null;
        List<string>? left = null;
        lock (_gate)
        {
            foreach (var message in messages)
            {
                if (message is WorkersLeft leaving)
                    (left ??= []).AddRange(_machine.Workers.AddressesOf(leaving));
                if (message is TasksReported reported)
                    OnReported(reported);
                else if (message is TopicEvents { RequestId: 0 } events)
                    OnTopicEvents(events);
                else if (message is Goodbye farewell)
                    goodbye = farewell;
                else if (_machine.Handle(message) && message is WorkersJoined or WorkersLeft)
                    NoteWorkers();
            }
            Transmit();
        }
        foreach (var address in left ?? [])
        {
            _links.Abandon(address, WorkerLeft);
            _actorLinks.Abandon(address, WorkerLeft);
        }
        foreach (var message in messages)
        {
            if (message is NeedAssemblies need)
                AssemblySender.Send(connection, need, Warn);
        }
        return goodbye;
    }

    /// <summary>Called by finalisers: notes and returns.</summary>
    internal void ReleaseLater(FutureSet set) => _collected.Writer.TryWrite(set);

    /// <summary>Gives one future up.</summary>
    internal void Release(FutureSet set, int slot)
    {
        lock (_gate)
        {
            _machine.Release(set, slot);
            _reports?.Remove(set.IdOf(slot));
        }
        // Sent by the pump, together with whatever else is released until it comes to it.
        _collected.Writer.TryWrite(set);
    }

    /// <summary>Sends releases in batches, and a heartbeat when there was nothing else to say.</summary>
    private async Task PumpAsync()
    {
        var collected = _collected.Reader;
        var interval = TimeSpan.FromMilliseconds(Math.Max(50, _connection!.Welcome.HeartbeatIntervalMs));
        var hasWork = collected.WaitToReadAsync(_closing.Token).AsTask();
        try
        {
            while (true)
            {
                var beat = Task.Delay(interval, _closing.Token);
                if (await Task.WhenAny(hasWork, beat).ConfigureAwait(false) == hasWork)
                {
                    await hasWork.ConfigureAwait(false);
                    ReleaseCollected();
                    hasWork = collected.WaitToReadAsync(_closing.Token).AsTask();
                    continue;
                }
                await beat.ConfigureAwait(false);
                Beat();
            }
        }
        catch (OperationCanceledException)
        {
            // The client is closing.
        }
    }

    private void ReleaseCollected()
    {
        lock (_gate)
        {
            while (_collected.Reader.TryRead(out var set))
            {
                // From Dispose: released already. From a finaliser: nobody holds any slot of the set now.
                if (set.IsAbandoned)
                    ReleaseAll(set);
            }
            Transmit();
        }
    }

    private void ReleaseAll(FutureSet set)
    {
        for (var slot = 0; slot < set.Count && set.HeldCount > 0; slot++)
            _machine.Release(set, slot);
    }

    private void Beat()
    {
        lock (_gate)
        {
            RenewLeases();
            Transmit();
            if (_connection is not { } connection || !_machine.IsConnected)
                return;
            connection.Write(new Heartbeat());
            connection.Flush();
            if (Stopwatch.GetElapsedTime(connection.LastReceivedTimestamp) > s_silenceLimit)
            {
                _logger.LogWarning("{Scheduler} has been silent for {Limit}: cutting the connection.",
                    _schedulerAddress, s_silenceLimit);
                connection.Abort($"silent for {s_silenceLimit.TotalSeconds} s");
            }
        }
    }
}
