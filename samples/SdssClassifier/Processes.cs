using TaskGraph;

namespace SdssClassifier;

/// <summary>Who takes part: processes, threads and memory limits.</summary>
internal static class Processes
{
    public static async Task PrintAsync(Client client)
    {
        var info = await client.SchedulerInfoAsync();
        Console.WriteLine($"{"process",-12} {"pid",7} {"threads",8} {"memory limit",13}  address");
        Console.WriteLine($"{"scheduler",-12} {info.SchedulerProcessId,7} {"1",8} {"",13}  {info.SchedulerAddress}");
        foreach (var worker in info.Workers)
        {
            string limit = worker.MemoryLimitBytes > 0 ? $"{worker.MemoryLimitBytes / (1024.0 * 1024.0):N0} MiB" : "none";
            Console.WriteLine($"{worker.Name,-12} {worker.ProcessId,7} {worker.Threads,8} {limit,13}  {worker.Address}");
        }
    }
}
