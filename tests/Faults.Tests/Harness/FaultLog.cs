namespace TaskGraph.Tests.Faults;

/// <summary>Keeps what processes print, in one file for each cluster, where a folder for that is named in the environment.</summary>
internal static class FaultLog
{
    private static readonly string? s_folder = Environment.GetEnvironmentVariable("TASKGRAPH_FAULT_LOGS");

    /// <summary>Notes lines in the file of this name; does nothing where no folder is named.</summary>
    public static Action<string> Of(string name)
    {
        if (s_folder is null)
            return static _ => { };
        var path = Path.Combine(s_folder, $"{name}.log");
        var gate = new Lock();
        return line =>
        {
            lock (gate)
                File.AppendAllText(path, $"{DateTime.Now:HH:mm:ss.fff} {line}\n");
        };
    }
}
