using TaskGraph.Configuration;
using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Scheduler.Server;

/// <summary>What configuration says about the machine's times and limits.</summary>
internal static class MachineConfiguration
{
    /// <summary>The options with the configured values in their places; keys without a value change nothing.</summary>
    public static SchedulerMachineOptions Apply(SchedulerMachineOptions options, ConfigurationValues configuration) =>
        options with
        {
            SuspectAfterUs = Us(configuration, "scheduler.suspect-after") ?? options.SuspectAfterUs,
            WorkerLeaseUs = Us(configuration, "scheduler.worker-ttl") ?? options.WorkerLeaseUs,
            ClientLeaseUs = Us(configuration, "scheduler.client-ttl") ?? options.ClientLeaseUs,
            PoisonedAfter = configuration.Count("scheduler.allowed-failures") + 1 ?? options.PoisonedAfter,
            BandwidthBytesPerUs = configuration.Size("scheduler.bandwidth") is { } perSecond
                ? Math.Max(1, perSecond / 1_000_000)
                : options.BandwidthBytesPerUs,
            IdleTimeoutUs = Given(options.IdleTimeoutUs, configuration, "scheduler.idle-timeout"),
            NoWorkersTimeoutUs = Given(options.NoWorkersTimeoutUs, configuration, "scheduler.no-workers-timeout"),
            StealsWork = configuration.Switch("scheduler.work-stealing"),
            MaxTasksPerThread = Math.Max(1, configuration.Count("scheduler.worker-saturation") ?? options.MaxTasksPerThread),
            UnknownDurationUs = Us(configuration, "scheduler.unknown-task-duration") ?? options.UnknownDurationUs,
            DefaultDurationsUs = Durations(configuration) ?? options.DefaultDurationsUs,
            ReduceIntervalUs = Us(configuration, "scheduler.active-memory-manager.interval") ?? 0,
            MaxSharedBytes = configuration.Size("scheduler.max-shared-bytes") ?? options.MaxSharedBytes,
        };

    private static Dictionary<string, long>? Durations(ConfigurationValues configuration)
    {
        const string Key = "scheduler.default-task-durations";
        Dictionary<string, long> durations = new(StringComparer.Ordinal);
        foreach ((string function, string text) in configuration.Pairs(Key))
        {
            if (!DurationText.TryParse(text, out TimeSpan duration))
                throw configuration.Refusal(Key, $"{function}={text}", "a function and a time such as Load=2s");
            durations[function] = Math.Max(1, (long)duration.TotalMicroseconds);
        }

        return durations.Count > 0 ? durations : null;
    }

    private static long Given(long us, ConfigurationValues configuration, string key) =>
        us > 0 ? us : Us(configuration, key) ?? 0;

    private static long? Us(ConfigurationValues configuration, string key) =>
        configuration.Duration(key) is { } duration ? (long)duration.TotalMicroseconds : null;
}
