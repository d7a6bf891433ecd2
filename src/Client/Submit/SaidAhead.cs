namespace TaskGraph;

/// <summary>How much of a submission has been said while it was still being written, and on which connection.</summary>
/// <param name="Connection">The machine's number of the connection; 0 = nothing was said.</param>
/// <param name="Chunks">How many chunks.</param>
internal readonly record struct SaidAhead(int Connection, int Chunks);
