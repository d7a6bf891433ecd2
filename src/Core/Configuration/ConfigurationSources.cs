using System.Collections;

namespace TaskGraph.Configuration;

/// <summary>
/// Where configuration is read from. Later sources win: defaults, the machine's files, the user's files, the named file,
/// environment variables, then what code and command lines say.
/// </summary>
public sealed record ConfigurationSources
{
    /// <summary>Names a file of its own.</summary>
    public const string FileVariable = "TASKGRAPH_CONFIG";

    /// <summary>Names the scheduler, as the key <c>scheduler-address</c> does; that one's own variable wins.</summary>
    public const string SchedulerVariable = "TASKGRAPH_SCHEDULER";

    /// <summary>Folder of the machine's JSON files, read in the order of their names; null = none.</summary>
    public string? MachineFolder { get; init; }

    /// <summary>Folder of the user's JSON files, read in the order of their names; null = none.</summary>
    public string? UserFolder { get; init; }

    /// <summary>A JSON file that must be there; null = none.</summary>
    public string? File { get; init; }

    /// <summary>Environment variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The usual places: /etc/taskgraph, ~/.config/taskgraph, TASKGRAPH_CONFIG and this process's environment.</summary>
    public static ConfigurationSources OfThisProcess()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        return new ConfigurationSources
        {
            MachineFolder = OperatingSystem.IsWindows()
                ? InFolder(Environment.SpecialFolder.CommonApplicationData) : "/etc/taskgraph",
            UserFolder = InFolder(Environment.SpecialFolder.ApplicationData),
            File = variables.GetValueOrDefault(FileVariable) is { Length: > 0 } file ? file : null,
            Variables = variables,
        };
    }

    private static string? InFolder(Environment.SpecialFolder folder) =>
        Environment.GetFolderPath(folder) is { Length: > 0 } path ? Path.Combine(path, "taskgraph") : null;
}
