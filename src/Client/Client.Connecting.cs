using System.Text.Json;
using Microsoft.Extensions.Logging;
using TaskGraph.Configuration;
using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph;

// Finding the scheduler, and finding it again.
public sealed partial class Client
{
    private const PeerRole PeerRoleOfData = PeerRole.Data;

    private static readonly ConnectionOptions s_onThread = new() { ReceivesOnCallingThread = true };

    /// <summary>
    /// Connects to the scheduler that is configured: by TASKGRAPH_SCHEDULER, the key <c>scheduler-address</c> or the key
    /// <c>scheduler-file</c>.
    /// </summary>
    /// <exception cref="TaskGraphException">None is; says what can be done.</exception>
    /// <exception cref="ConfigurationException">The configuration makes no sense.</exception>
    /// <exception cref="SchedulerLostException">Nobody answered within the time.</exception>
    /// <exception cref="ConnectionRefusedException">The scheduler does not want this client, and says why.</exception>
    public static Task<Client> ConnectAsync(CancellationToken cancellationToken = default)
        => ConnectAsync(ClientOptions.Configured(), cancellationToken);

    /// <summary>
    /// Connects to the scheduler at <paramref name="address"/> (<c>tcp://host:8786</c>), trying for 30 s.
    /// </summary>
    /// <exception cref="SchedulerLostException">Nobody answered within the time.</exception>
    /// <exception cref="ConnectionRefusedException">The scheduler does not want this client, and says why.</exception>
    public static Task<Client> ConnectAsync(string address, CancellationToken cancellationToken = default)
        => ConnectAsync(new ClientOptions { Address = address }, cancellationToken);

    /// <summary>Connects to the scheduler of <paramref name="cluster"/>.</summary>
    /// <exception cref="SchedulerLostException">Nobody answered within 30 s.</exception>
    public static Task<Client> ConnectAsync(ICluster cluster, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return ConnectAsync(new ClientOptions { Address = cluster.Address }, cancellationToken);
    }

    /// <summary>Connects as <paramref name="options"/> say.</summary>
    /// <exception cref="SchedulerLostException">Nobody answered within the time.</exception>
    /// <exception cref="ConnectionRefusedException">The scheduler does not want this client, and says why.</exception>
    public static async Task<Client> ConnectAsync(ClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options is { Address: null, SchedulerFile: null })
        {
            var configured = ClientOptions.Configured();
            options = options with { Address = configured.Address, SchedulerFile = configured.SchedulerFile };
        }
        var patience = new Patience(options.ConnectTimeout);
        var address = options.Address
            ?? await ReadSchedulerFileAsync(options.SchedulerFile, patience, cancellationToken).ConfigureAwait(false);
        var client = new Client(options, Address.Parse(address).ToString());
        var connection = await client.DialAsync(patience, cancellationToken).ConfigureAwait(false);
        client.Attach(connection);
        client._loop = Task.Run(() => client.RunAsync(connection), CancellationToken.None);
        client._pump = Task.Run(client.PumpAsync, CancellationToken.None);
        NoteConnected(client);
        return client;
    }

    private static async Task<string> ReadSchedulerFileAsync(
        string? path, Patience patience, CancellationToken cancellation)
    {
        if (path is null)
        {
            throw new TaskGraphException(
                "No scheduler is named. Pass its address (tcp://host:8786) or a LocalCluster to ConnectAsync, or set "
                + $"{ConfigurationSources.SchedulerVariable}, scheduler-address or scheduler-file (docs/configuration.md).");
        }
        while (true)
        {
            string reason;
            try
            {
                var text = (await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false)).Trim();
                if (!text.StartsWith('{'))
                    return text;
                using var json = JsonDocument.Parse(text);
                return json.RootElement.GetProperty("address").GetString() ?? "";
            }
            catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException)
            {
                reason = e.Message;
            }
            if (!await patience.WaitAsync(cancellation).ConfigureAwait(false))
                throw new SchedulerLostException(path, $"the scheduler file gave no address: {reason}");
        }
    }

    /// <summary>Dials until somebody answers or the time is up.</summary>
    private async Task<Connection> DialAsync(Patience patience, CancellationToken cancellation)
    {
        var address = Address.Parse(_schedulerAddress);
        while (true)
        {
            ConnectionLostException reason;
            try
            {
                var hello = Hello(PeerRole.Client);
                hello.Epoch = _machine.Epoch;
                var connection = await Connection.ConnectAsync(address, hello, s_onThread, cancellation).ConfigureAwait(false);
                if (!SchedulerEpoch.IsStale(connection.Welcome.Epoch, hello.Epoch))
                    return connection;
                await connection.DisposeAsync().ConfigureAwait(false);
                reason = new ConnectionLostException(address, "the scheduler that answers has been replaced by a later one.");
            }
            catch (ConnectionLostException e)
            {
                reason = e;
            }
            catch (ConnectionRefusedException e) when (e.Code == RefusalCode.SchedulerReplaced)
            {
                reason = new ConnectionLostException(address, e.Message, e);
            }
            if (!await patience.WaitAsync(cancellation).ConfigureAwait(false))
            {
                throw new SchedulerLostException(_schedulerAddress,
                    $"no connection within {patience.Limit.TotalSeconds:0.#} s. {reason.Message}", reason);
            }
        }
    }

    private Hello Hello(PeerRole role) => new()
    {
        Role = role,
        Name = Name,
        Session = _identity,
        Incarnation = _identity,
        Host = Environment.MachineName,
        ProcessId = Environment.ProcessId,
    };

    /// <summary>Cuts the connection, as a fault on the way would; the client connects again by itself.</summary>
    internal void CutConnection(string reason) => _connection?.Abort(reason);

    private void Attach(Connection connection)
    {
        lock (_gate)
        {
            _connection = connection;
            if (_machine.Epoch != connection.Welcome.Epoch)
                CountTopicsAnew();
            if (_machine.OnConnected(connection.Welcome.Epoch, connection.Welcome.IsKnown))
                EndLeases();
            SubscribeAgain();
            Transmit();
        }
    }

    /// <summary>Receives until the connection ends, then finds the scheduler again or gives up.</summary>
    private async Task RunAsync(Connection connection)
    {
        while (true)
        {
            var end = await ReceiveOnThreadAsync(connection).ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
            if (_closing.IsCancellationRequested)
                return;
            lock (_gate)
                _machine.OnDisconnected(_schedulerAddress, end.Reason);
            if (!end.IsFinal)
            {
                _logger.LogWarning(
                    "Connection to {Scheduler} cut: {Reason}. Trying again.", _schedulerAddress, end.Reason);
                try
                {
                    connection = await DialAsync(new Patience(_options.ConnectTimeout), _closing.Token)
                        .ConfigureAwait(false);
                    Attach(connection);
                    continue;
                }
                catch (OperationCanceledException)
                {
                    return;
                }
                catch (TaskGraphException e)
                {
                    end = end with { Reason = $"{end.Reason}; {e.Message}" };
                }
            }
            _logger.LogError("The scheduler at {Scheduler} is lost: {Reason}", _schedulerAddress, end.Reason);
            lock (_gate)
            {
                _machine.OnSchedulerLost(_schedulerAddress, end.Reason);
                EndLeases();
                NoteWorkers();
            }
            LoseActors();
            return;
        }
    }

    /// <summary>How a connection ended.</summary>
    /// <param name="Reason">In one line.</param>
    /// <param name="IsFinal">The scheduler said that it will not be back.</param>
    private readonly record struct ConnectionEnd(string Reason, bool IsFinal);
}
