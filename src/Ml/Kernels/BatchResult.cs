namespace TaskGraph.Ml;

/// <summary>What a batch yielded: the sum of its rows' losses, and how many rows were classified rightly.</summary>
internal readonly record struct BatchResult(double LossSum, int Correct);
