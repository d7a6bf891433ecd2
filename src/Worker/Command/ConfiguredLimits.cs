using TaskGraph.Configuration;
using TaskGraph.Worker.Storage;
using static TaskGraph.Worker.Command.BadInputException;

namespace TaskGraph.Worker.Command;

/// <summary>
/// What can be configured but has no option. Children read it from where their nanny did: files and environment.
/// </summary>
internal static class ConfiguredLimits
{
    /// <summary>The settings with the configured values in their places.</summary>
    /// <exception cref="BadInputException">They make no sense together.</exception>
    public static WorkerSettings Apply(ConfigurationValues configuration, WorkerSettings settings) => settings with
    {
        MemoryShares = Shares(configuration),
        MaxRequests = Math.Max(1, configuration.Count("worker.connections.outgoing") ?? settings.MaxRequests),
        MaxServedBytes = configuration.Size("worker.connections.incoming-bytes") ?? settings.MaxServedBytes,
        Environment = configuration.Pairs("worker.environment"),
        CancelGrace = configuration.Duration("worker.cancel-grace") ?? settings.CancelGrace,
        MaxErrorLength = configuration.Count("worker.max-error-length") ?? settings.MaxErrorLength,
    };

    private static MemoryShares Shares(ConfigurationValues configuration)
    {
        var usual = MemoryShares.Default;
        var shares = new MemoryShares(
            configuration.Share("worker.memory.target") ?? usual.Target,
            configuration.Share("worker.memory.spill") ?? usual.Spill,
            configuration.Share("worker.memory.pause") ?? usual.Pause,
            configuration.Share("worker.memory.terminate") ?? usual.Terminate);
        Require(
            shares.IsAscending,
            $"worker.memory: target {shares.Target}, spill {shares.Spill}, pause {shares.Pause}, terminate {shares.Terminate}; "
            + "none may be above the next.");
        return shares;
    }
}
