namespace TaskGraph.Worker.Storage;

/// <summary>Where values go that memory has no room for.</summary>
/// <param name="LocalDirectory">Each worker makes a directory of its own below this one.</param>
/// <param name="MaxBytes">Bytes of all its files at most.</param>
/// <param name="Budget">How much it may write per time; null = as much as it likes.</param>
internal sealed record SpillOptions(string LocalDirectory, long MaxBytes, WriteBudget? Budget);
