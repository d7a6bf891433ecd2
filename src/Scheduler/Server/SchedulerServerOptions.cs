using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TaskGraph.Configuration;
using TaskGraph.Transport;

namespace TaskGraph.Scheduler.Server;

/// <summary>How a <see cref="SchedulerServer"/> listens.</summary>
public sealed record SchedulerServerOptions
{
    /// <summary>Where to listen; port 0 = any free one. <c>inproc://name</c> stays inside the process.</summary>
    public Address Bind { get; init; } = Address.Parse("tcp://127.0.0.1:0");

    /// <summary>Allows listening beyond loopback without encryption and tokens.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Whether clients may run functions in the scheduler's process: with its rights, beside its turns.</summary>
    public bool AllowsRun { get; init; }

    /// <summary>Whether code that this process runs already is used as it is: for a scheduler inside the client's.</summary>
    public bool SharesProcess { get; init; }

    /// <summary>The machine's times and limits; the defaults unless they were loaded.</summary>
    public ConfigurationValues Configuration { get; init; } = ConfigurationValues.Defaults;

    /// <summary>The server stops when it has had nothing to do for so long; null = as configured.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>A task that no connected worker may run fails after so long; null = as configured.</summary>
    public TimeSpan? NoWorkersTimeout { get; init; }

    /// <summary>
    /// Where the scheduler keeps what it must not forget; a scheduler that is started there again goes on. Null = nowhere.
    /// </summary>
    public string? StateDirectory { get; init; }

    /// <summary>Where log lines go.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>A peer that has more than this many bytes waiting to be read by it is cut off.</summary>
    public long MaxPendingBytesPerPeer { get; init; } = 512L << 20;
}
