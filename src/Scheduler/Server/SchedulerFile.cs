using System.Text.Json;

namespace TaskGraph.Scheduler.Server;

/// <summary>The file that tells workers and clients on a shared disk where the scheduler is.</summary>
internal static class SchedulerFile
{
    /// <summary>
    /// Writes address and id beside <paramref name="path"/> and renames it there: no reader sees half a file.
    /// </summary>
    public static void Write(string path, SchedulerServer server)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        string json = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["type"] = "Scheduler",
            ["id"] = $"Scheduler-{server.Epoch:x}",
            ["address"] = server.Address.ToString(),
            ["pid"] = Environment.ProcessId,
        });
        File.WriteAllText(temporary, json + "\n");
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Removes the file when the scheduler stops, if it is still ours.</summary>
    public static void Remove(string path, SchedulerServer server)
    {
        if (File.Exists(path) && File.ReadAllText(path).Contains($"{server.Epoch:x}", StringComparison.Ordinal))
            File.Delete(path);
    }
}
