using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TaskGraph.Transport;

namespace TaskGraph;

/// <summary>
/// A connection to a cluster: submits calls, holds their futures, and fetches results straight from the workers.
/// Safe for concurrent use.
/// </summary>
[AmbientOnWorker(nameof(Current))]
public sealed partial class Client : IAsyncDisposable
{
    /// <summary>Encoded arguments above this travel over a data connection instead of inside the submission.</summary>
    internal const int MaxInlineArgumentBytes = 128 << 10;

    private readonly Lock _gate = new();
    private readonly ClientOptions _options;
    private readonly ILogger _logger;
    private readonly ClientMachine _machine;
    private readonly DataLinks _links;
    private readonly CancellationTokenSource _closing = new();
    private readonly ulong _identity = RandomNumber();
    private readonly string _schedulerAddress;
    private Connection? _connection;
    private Task _loop = Task.CompletedTask;
    private Task _pump = Task.CompletedTask;
    private bool _isDisposed;

    private Client(ClientOptions options, string schedulerAddress)
    {
        _options = options;
        _schedulerAddress = schedulerAddress;
        _logger = options.Logger ?? NullLogger.Instance;
        Name = options.Name ?? $"{Environment.MachineName}-{Environment.ProcessId}";
        // Two clients draw starts of 64 random bits: their ranges of submissions do not meet.
        _machine = new ClientMachine(RandomNumber());
        _links = new DataLinks(Hello(PeerRoleOfData));
        _actorLinks = new WorkerLinks<ActorLink>(address => ActorLink.ConnectAsync(address, Hello(PeerRoleOfData), Warn));
    }

    /// <summary>
    /// Raised with one line about silent dangers: large arguments and captures, static fields that differ per
    /// process.
    /// </summary>
    public event Action<string>? Warning;

    /// <summary>The client's name in the scheduler's logs.</summary>
    public string Name { get; }

    /// <summary>Where the scheduler is.</summary>
    public string SchedulerAddress => _schedulerAddress;

    internal int LargeArgumentBytes => _options.LargeArgumentBytes;

    /// <summary>
    /// Says what is left to say, gives all futures up and closes the connection. Pending futures end as
    /// <see cref="FutureStatus.Lost"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }
        NoteClosed(this);
        lock (_gate)
        {
            // The scheduler gives them to others as soon as it hears the farewell.
            EndLeases();
            Transmit();
        }
        Farewell();
        await _closing.CancelAsync().ConfigureAwait(false);
        if (_connection is { } connection)
            await connection.CloseAsync(_options.CloseTimeout).ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        await _links.DisposeAsync().ConfigureAwait(false);
        await CloseActorsAsync().ConfigureAwait(false);
        lock (_gate)
        {
            _machine.OnSchedulerLost(_schedulerAddress, "the client was disposed of");
            NoteWorkers();
        }
        _news?.Writer.TryComplete();
        _closing.Dispose();
    }

    /// <summary>Encodes a function, and passes on what the encoder warns of.</summary>
    internal FunctionDefinition Encode(Delegate function, bool resultStays = false)
    {
        FunctionDefinition definition;
        using (FutureTransit.Refuse())
            definition = FunctionEncoder.Encode(function, resultStays);
        if (definition.Warnings.Count > 0)
        {
            foreach (var warning in definition.Warnings)
                Warn(warning);
        }
        return definition.Body.Length <= MaxFunctionBytes
            ? definition
            : throw new FunctionNotShippableException(definition.Name,
                $"it captures {definition.Body.Length / 1048576.0:F1} MiB, more than the "
                + $"{MaxFunctionBytes >> 10} KiB that fit",
                "Pass the data as an argument, or scatter it once and pass the future");
    }

    internal void WarnOfLargeArgument(string parameter, string function, long bytes)
        => Warn($"Argument '{parameter}' of {function} is {bytes / 1048576.0:F1} MiB and travels with this call alone. "
            + "If several calls need it, scatter it once (ScatterAsync) and pass the future.");

    private const int MaxFunctionBytes = 768 << 10;

    internal void Warn(string message)
    {
        // A warning is said once, however many calls it is true of.
        lock (_warned)
        {
            if (!_warned.Add(message))
                return;
        }
        _logger.LogWarning("{Warning}", message);
        Warning?.Invoke(message);
    }

    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);

    private static ulong RandomNumber()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    /// <summary>A new number for a submission.</summary>
    internal ulong NewSubmission()
    {
        lock (_gate)
            return _machine.NewSubmission();
    }

    private CallBuilder Call(Delegate function) => CallBuilder.Start(this, null, function);
}
