using Microsoft.Extensions.Logging;
using TaskGraph.Configuration;

namespace TaskGraph;

/// <summary>How a client finds its scheduler and behaves towards it.</summary>
public sealed record ClientOptions
{
    /// <summary>
    /// The scheduler's address, as <c>tcp://host:8786</c>; null = it stands in <see cref="SchedulerFile"/>, or, if that is
    /// null too, is configured.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>A file that the scheduler was told to write its address to (<c>--scheduler-file</c>).</summary>
    public string? SchedulerFile { get; init; }

    /// <summary>The client's name in the scheduler's logs; null = machine and process.</summary>
    public string? Name { get; init; }

    /// <summary>How long connecting, and connecting again after a cut, is tried for. 30 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long <see cref="Client.DisposeAsync"/> waits until what was said last has been sent. 2 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Arguments of more bytes than this are warned of. 1 MiB.</summary>
    public int LargeArgumentBytes { get; init; } = 1 << 20;

    /// <summary>
    /// Where warnings and connection events are written; null = nowhere but <see cref="Client.Warning"/>.
    /// </summary>
    public ILogger? Logger { get; init; }

    /// <summary>Options as they are configured: scheduler, timeout, large arguments.</summary>
    /// <param name="configuration">What is configured; null = it is read from the usual places.</param>
    /// <exception cref="ConfigurationException">A key is unknown or a value makes no sense.</exception>
    public static ClientOptions Configured(ConfigurationValues? configuration = null)
    {
        configuration ??= ConfigurationValues.Load();
        var options = new ClientOptions();
        var address = configuration.Text("scheduler-address");
        return options with
        {
            Address = address,
            SchedulerFile = address is null ? configuration.Text("scheduler-file") : null,
            ConnectTimeout = configuration.Duration("client.connect-timeout") ?? options.ConnectTimeout,
            LargeArgumentBytes = configuration.Size("client.large-argument-warning") is { } bytes
                ? (int)Math.Min(bytes, int.MaxValue)
                : options.LargeArgumentBytes,
        };
    }
}
