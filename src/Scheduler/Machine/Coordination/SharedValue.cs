namespace TaskGraph.Scheduler.Machine;

/// <summary>A value in a queue, variable or dataset: bytes, or tasks that are kept as long as it is there.</summary>
/// <param name="Bytes">The encoded value.</param>
/// <param name="Keeping">The submission that keeps its tasks; 0 = it has none.</param>
/// <param name="TaskCount">How many tasks.</param>
internal sealed record SharedValue(byte[] Bytes, ulong Keeping, int TaskCount);
