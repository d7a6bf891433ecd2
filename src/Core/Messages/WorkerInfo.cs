namespace TaskGraph.Messages;

/// <summary>What is known of one worker.</summary>
/// <param name="Number">Its number in messages of this scheduler.</param>
/// <param name="Name">Its name, unique in the cluster.</param>
/// <param name="Address">Where other workers and clients fetch data from it.</param>
/// <param name="Host">Its machine.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="Threads">How many tasks it runs at once.</param>
/// <param name="MemoryLimitBytes">Its memory limit, 0 = none.</param>
/// <param name="Status">running, paused, suspect, retiring.</param>
/// <param name="ProcessingCount">Tasks assigned to it.</param>
/// <param name="StoredCount">Results it holds.</param>
/// <param name="StoredBytes">Bytes of these results.</param>
/// <param name="ProcessBytes">Its process's resident memory at the last heartbeat.</param>
/// <param name="CpuSeconds">Its process's CPU time at the last heartbeat.</param>
/// <param name="SpilledBytes">Bytes that its values on disk alone would take in memory.</param>
/// <param name="SpilledCount">Its values on disk alone.</param>
/// <param name="UnmanagedOldBytes">Its process memory beside the values: the least of the last 30 heartbeats.</param>
/// <param name="PauseReason">Why it has paused: memory, or disk-full and more; empty = it has not.</param>
public sealed record WorkerInfo(
    int Number,
    string Name,
    string Address,
    string Host,
    int ProcessId,
    int Threads,
    long MemoryLimitBytes,
    string Status,
    int ProcessingCount,
    int StoredCount,
    long StoredBytes,
    long ProcessBytes,
    double CpuSeconds,
    long SpilledBytes = 0,
    int SpilledCount = 0,
    long UnmanagedOldBytes = 0,
    string PauseReason = "")
{
    internal static void Write(ref MessagePackWriter writer, WorkerInfo info)
    {
        writer.WriteArrayHeader(17);
        writer.Write(info.Number);
        writer.Write(info.Name);
        writer.Write(info.Address);
        writer.Write(info.Host);
        writer.Write(info.ProcessId);
        writer.Write(info.Threads);
        writer.Write(info.MemoryLimitBytes);
        writer.Write(info.Status);
        writer.Write(info.ProcessingCount);
        writer.Write(info.StoredCount);
        writer.Write(info.StoredBytes);
        writer.Write(info.ProcessBytes);
        writer.Write(info.CpuSeconds);
        writer.Write(info.SpilledBytes);
        writer.Write(info.SpilledCount);
        writer.Write(info.UnmanagedOldBytes);
        writer.Write(info.PauseReason);
    }

    internal static WorkerInfo Read(ref MessagePackReader reader)
    {
        reader.ReadArrayHeader(17);
        return new WorkerInfo(
            reader.ReadInt32(),
            reader.ReadString() ?? "",
            reader.ReadString() ?? "",
            reader.ReadString() ?? "",
            reader.ReadInt32(),
            reader.ReadInt32(),
            reader.ReadInt64(),
            reader.ReadString() ?? "",
            reader.ReadInt32(),
            reader.ReadInt32(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadDouble(),
            reader.ReadInt64(),
            reader.ReadInt32(),
            reader.ReadInt64(),
            reader.ReadString() ?? "");
    }
}
