namespace TaskGraph.Configuration;

/// <summary>Every key that can be configured. docs/configuration.md lists them; a test compares the two.</summary>
public static class ConfigurationKeys
{
    /// <summary>All keys, in the order in which people read them.</summary>
    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        new("scheduler-address", ValueKind.Text, "",
            "Where clients and workers find the scheduler if nobody says: tcp://host:8786"),
        new("scheduler-file", ValueKind.Text, "",
            "The file in which the scheduler leaves its address, instead of scheduler-address"),

        new("scheduler.host", ValueKind.Text, "127.0.0.1", "Address to listen on"),
        new("scheduler.interface", ValueKind.Text, "",
            "Network interface to listen on, as eth0, instead of scheduler.host"),
        new("scheduler.port", ValueKind.Count, "8786", "Port to listen on; 0 = any free one"),
        new("scheduler.insecure", ValueKind.Switch, "false",
            "Allow listening beyond this machine without encryption and tokens"),
        new("scheduler.allow-run", ValueKind.Switch, "false", "Let clients run functions in the scheduler's process"),
        new("scheduler.pid-file", ValueKind.Text, "", "File to write the process id to"),
        new("scheduler.state-dir", ValueKind.Text, "",
            "Directory for the journal, with which a scheduler that was killed starts again; none = no journal"),
        new("scheduler.log-level", ValueKind.LogLevel, "info", "Least level to log"),
        new("scheduler.suspect-after", ValueKind.Duration, "3s",
            "A worker that says nothing for so long gets no new work"),
        new("scheduler.worker-ttl", ValueKind.Duration, "10s", "A worker that says nothing for so long is lost"),
        new("scheduler.client-ttl", ValueKind.Duration, "30s",
            "What a client wants is kept for so long after its connection is gone"),
        new("scheduler.allowed-failures", ValueKind.Count, "2",
            "How many workers may die while they run a task before it counts as poisoned"),
        new("scheduler.idle-timeout", ValueKind.Duration, "",
            "End after so long without anything to do; none = never"),
        new("scheduler.no-workers-timeout", ValueKind.Duration, "",
            "Fail a task that no connected worker may run after so long; none = never"),
        new("scheduler.work-stealing", ValueKind.Switch, "true",
            "Take tasks that wait at a busy worker back for an idle one"),
        new("scheduler.worker-saturation", ValueKind.Count, "256",
            "Tasks for each thread of a worker that it is given at most; the rest wait in the scheduler"),
        new("scheduler.unknown-task-duration", ValueKind.Duration, "",
            "What a run of a function takes that has not been measured; none = so little that 16 are given to a thread"),
        new("scheduler.default-task-durations", ValueKind.Text, "",
            "The same for functions by their short names: \"Load=2s Train=1m\""),
        new("scheduler.active-memory-manager.interval", ValueKind.Duration, "2s",
            "How often copies that nobody needs are looked for; none = never"),
        new("scheduler.bandwidth", ValueKind.Size, "100MB",
            "Bytes per second between workers, as placement first assumes"),
        new("scheduler.max-shared-bytes", ValueKind.Size, "1GiB",
            "Bytes of all values in queues, variables and datasets together"),

        new("worker.nworkers", ValueKind.Text, "1",
            "Worker processes: a number, auto, or a negative number for cores + 1 + N"),
        new("worker.nthreads", ValueKind.Count, "", "Threads of each worker process; none = cores / workers"),
        new("worker.memory-limit", ValueKind.Text, "auto",
            "Memory of each worker process: 2GiB, 0.5 (of the machine), auto, or 0 for no limit"),
        new("worker.memory.target", ValueKind.Share, "0.6",
            "Share of the memory limit that values may take; beyond it the least recently used go to disk"),
        new("worker.memory.spill", ValueKind.Share, "0.7",
            "Share of the limit that the process may take before more values go to disk"),
        new("worker.memory.pause", ValueKind.Share, "0.8",
            "Share of the limit that the process may take before the worker pauses; 1 = it does not"),
        new("worker.memory.terminate", ValueKind.Share, "0.95",
            "Share of the limit that the process may take before its nanny ends it"),
        new("worker.connections.outgoing", ValueKind.Count, "16",
            "Requests for values of other workers that are under way at once"),
        new("worker.connections.incoming-bytes", ValueKind.Size, "256MiB",
            "Bytes of values on their way to others, beyond which those who ask are told to come back"),
        new("worker.resources", ValueKind.Text, "", "What each worker has: \"GPU=2 MEM=10e9\""),
        new("worker.name", ValueKind.Text, "",
            "Name of the worker; several get -0, -1, … after it; none = its address"),
        new("worker.host", ValueKind.Text, "", "Where to listen for other workers and clients"),
        new("worker.interface", ValueKind.Text, "", "Network interface to listen on, as eth0, instead of worker.host"),
        new("worker.port", ValueKind.Text, "0", "Data port; 0 = any free one; a range as 9000:9100"),
        new("worker.contact-address", ValueKind.Text, "",
            "The address that others dial, if it is not the one listened on"),
        new("worker.insecure", ValueKind.Switch, "false",
            "Allow listening where other machines can connect, without encryption or passwords"),
        new("worker.local-directory", ValueKind.Text, "", "Where workers keep values that memory has no room for"),
        new("worker.max-spill", ValueKind.Size, "", "Bytes of such values on disk, for each worker; none = any"),
        new("worker.spill-write-budget", ValueKind.Text, "",
            "What each worker may write of them per s, min, h or day, as 20GB/day; none = any"),
        new("worker.nanny", ValueKind.Switch, "true",
            "Start each worker as a child process that is watched and restarted"),
        new("worker.environment", ValueKind.Text, "",
            "Environment variables of each worker process that a nanny starts: \"OMP_NUM_THREADS=1 LANG=C\""),
        new("worker.cancel-grace", ValueKind.Duration, "5s",
            "How long the code of a cancelled or overdue task may take to return before its slot is given to another"),
        new("worker.max-error-length", ValueKind.Count, "10000",
            "Characters of an exception's message, and of its stack, that are passed on"),
        new("worker.death-timeout", ValueKind.Duration, "", "End after so long without a scheduler; none = never"),
        new("worker.leave-timeout", ValueKind.Duration, "30s",
            "How long a worker that is asked to end may take to finish what runs and hand its data over"),
        new("worker.lifetime.duration", ValueKind.Duration, "", "Leave in order after so long; none = never"),
        new("worker.lifetime.stagger", ValueKind.Duration, "0s", "Random part added to or taken from the lifetime"),
        new("worker.lifetime.restart", ValueKind.Switch, "false",
            "Whether the nanny starts a worker again whose lifetime is over"),
        new("worker.pid-file", ValueKind.Text, "", "File to write the process id to"),
        new("worker.log-level", ValueKind.LogLevel, "info", "Least level to log"),

        new("client.connect-timeout", ValueKind.Duration, "30s",
            "How long connecting, and connecting again after a cut, is tried for"),
        new("client.large-argument-warning", ValueKind.Size, "1MiB", "Arguments of more bytes than this are warned of"),
    ];

    private static readonly Dictionary<string, ConfigurationKey> s_byName =
        All.ToDictionary(static key => key.Name, StringComparer.Ordinal);

    /// <summary>The key of this name; null = there is none.</summary>
    public static ConfigurationKey? Find(string name) => s_byName.GetValueOrDefault(name);

    /// <summary>The key whose name is most like <paramref name="name"/>, for a hint.</summary>
    internal static string Nearest(string name) =>
        All.MinBy(key => Distance(key.Name, name))!.Name;

    /// <summary>How many letters to change, add or leave out.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[right.Length];
    }
}
