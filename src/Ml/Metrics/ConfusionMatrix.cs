namespace TaskGraph.Ml;

/// <summary>Counts predictions by true class (row) and predicted class (column).</summary>
public sealed class ConfusionMatrix
{
    private readonly long[,] _counts;

    /// <summary>A matrix of zeros.</summary>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        _counts = new long[classes, classes];
    }

    /// <summary>How many classes there are.</summary>
    public int Classes => _counts.GetLength(0);

    /// <summary>All predictions counted.</summary>
    public long Total { get; private set; }

    /// <summary>The predictions that were right.</summary>
    public long Correct { get; private set; }

    /// <summary>The share that was right; 0 of none.</summary>
    public double Accuracy => Total == 0 ? 0 : (double)Correct / Total;

    /// <summary>Rows of class <paramref name="actual"/> predicted to be <paramref name="predicted"/>.</summary>
    public long this[int actual, int predicted] => _counts[actual, predicted];

    /// <summary>Counts predictions.</summary>
    public void Add(ReadOnlySpan<int> actual, ReadOnlySpan<int> predicted)
    {
        if (actual.Length != predicted.Length)
            throw new ArgumentException($"{actual.Length} labels, but {predicted.Length} predictions to compare.");
        for (int i = 0; i < actual.Length; i++)
            Add(actual[i], predicted[i], 1);
    }

    /// <summary>Adds the counts of another part of the rows.</summary>
    public void Add(ConfusionMatrix other)
    {
        for (int i = 0; i < other.Classes; i++)
        {
            for (int j = 0; j < other.Classes; j++)
                Add(i, j, other[i, j]);
        }
    }

    private void Add(int actual, int predicted, long count)
    {
        _counts[actual, predicted] += count;
        Total += count;
        if (actual == predicted)
            Correct += count;
    }
}
