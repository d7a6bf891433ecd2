namespace TaskGraph.Ml;

/// <summary>Measures of predictions.</summary>
public static class Metric
{
    /// <summary>The share of predictions that equal the labels; 0 of none.</summary>
    public static double Accuracy(ReadOnlySpan<int> actual, ReadOnlySpan<int> predicted)
    {
        if (actual.Length != predicted.Length)
            throw new ArgumentException($"{actual.Length} labels, but {predicted.Length} predictions to compare.");
        int correct = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            if (actual[i] == predicted[i])
                correct++;
        }

        return actual.Length == 0 ? 0 : (double)correct / actual.Length;
    }
}
