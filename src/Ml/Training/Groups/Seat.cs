namespace TaskGraph.Ml;

/// <summary>One worker's part in a group of trainers.</summary>
/// <param name="Address">The worker.</param>
/// <param name="Ranks">How many trainers run there.</param>
/// <param name="Rows">The rows they train on, in the frame's order.</param>
internal sealed record Seat(string Address, int Ranks, RowRange[] Rows);
