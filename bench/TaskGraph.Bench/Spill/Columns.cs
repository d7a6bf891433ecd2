namespace TaskGraph.Bench.Spill;

/// <summary>A partition: two columns of the same length.</summary>
internal sealed record Columns(long[] Keys, double[] Values);
