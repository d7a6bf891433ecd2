namespace TaskGraph;

/// <summary>One worker of a <see cref="LocalCluster"/>.</summary>
/// <param name="Name">Its name, kept over restarts.</param>
/// <param name="Address">Where others fetch data from it; new after a restart.</param>
/// <param name="ProcessId">Its process; new after a restart.</param>
public sealed record LocalWorker(string Name, string Address, int ProcessId);
