using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph;

/// <summary>A data connection to one worker for calls of the actors that live there.</summary>
internal sealed class ActorLink : IWorkerLink
{
    private readonly Connection _connection;
    private readonly Action<string> _warn;
    private readonly Lock _gate = new();
    private readonly Dictionary<TaskId, ActorPort> _ports = [];
    private readonly Task _receiving;
    private bool _isLost;

    private ActorLink(Connection connection, Action<string> warn)
    {
        _connection = connection;
        _warn = warn;
        _receiving = Task.Run(ReceiveAsync);
    }

    /// <summary>Whether the connection still stands.</summary>
    public bool IsAlive => !Volatile.Read(ref _isLost);

    /// <summary>Dials a worker.</summary>
    public static async Task<ActorLink> ConnectAsync(Address address, Hello hello, Action<string> warn)
        => new(await Connection.ConnectAsync(address, hello, null, CancellationToken.None).ConfigureAwait(false), warn);

    /// <summary>Replies to calls of this actor go to <paramref name="port"/>; false = the connection is cut.</summary>
    public bool Attach(ActorPort port)
    {
        lock (_gate)
        {
            if (_isLost)
                return false;
            _ports[port.Actor.Id] = port;
            return true;
        }
    }

    /// <summary>Nothing more is expected for the port.</summary>
    public void Detach(ActorPort port)
    {
        lock (_gate)
            _ports.Remove(port.Actor.Id);
    }

    /// <summary>Sends a message; one that a cut swallows is said again by its port.</summary>
    public void Send(Message message)
    {
        _connection.Write(message);
        _connection.Flush();
    }

    /// <summary>Ends the connection at once; the ports ask the scheduler what has become of their actors.</summary>
    public void Abandon(string reason) => _connection.Abort(reason);

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
    }

    private async Task ReceiveAsync()
    {
        var messages = new List<Message>();
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
            // The ports dial again, and ask the scheduler if that fails.
        }
        ActorPort[] ports;
        lock (_gate)
        {
            Volatile.Write(ref _isLost, true);
            ports = [.. _ports.Values];
            _ports.Clear();
        }
        foreach (var port in ports)
            port.LinkLost(this);
    }

    private void Take(Message message)
    {
        if (message is NeedAssemblies need)
        {
            AssemblySender.Send(_connection, need, _warn);
            return;
        }
        if (message is not ActorReply reply)
            return;
        ActorPort? port;
        lock (_gate)
            port = _ports.GetValueOrDefault(reply.Actor);
        port?.Take(reply);
    }
}
