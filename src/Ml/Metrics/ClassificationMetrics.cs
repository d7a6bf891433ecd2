namespace TaskGraph.Ml;

/// <summary>How well predicted classes fit the true ones.</summary>
public static class ClassificationMetrics
{
    /// <summary>Share of equal entries.</summary>
    /// <exception cref="ArgumentException">The lengths differ or are zero.</exception>
    public static double AccuracyScore(ReadOnlySpan<int> expected, ReadOnlySpan<int> predicted)
    {
        if (expected.Length != predicted.Length || expected.IsEmpty)
            throw new ArgumentException($"{expected.Length} labels, but {predicted.Length} predictions to compare.");
        int correct = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] == predicted[i])
                correct++;
        }

        return (double)correct / expected.Length;
    }

    /// <summary>Counts by true class (row) and predicted class (column).</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static long[,] ConfusionMatrix(ReadOnlySpan<int> expected, ReadOnlySpan<int> predicted, int classes)
    {
        if (expected.Length != predicted.Length)
            throw new ArgumentException($"{expected.Length} labels, but {predicted.Length} predictions to compare.");
        var counts = new long[classes, classes];
        for (int i = 0; i < expected.Length; i++)
            counts[expected[i], predicted[i]]++;
        return counts;
    }
}
