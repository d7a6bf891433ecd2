using TaskGraph.Collections;

namespace TaskGraph.Ml;

// The trained network on the workers.
public sealed partial class MlpClassifier
{
    /// <summary>The most probable class of each row, in the frame's order, as a column called as the label.</summary>
    /// <exception cref="InvalidOperationException">It was not fitted.</exception>
    public async Task<Column> PredictAsync(DataFrame frame, CancellationToken cancellationToken = default)
    {
        var model = Model;
        var predicted = await frame.Select(model.Features)
            .MapPartitions(partition => MlpModel.Predict(model, partition))
            .ComputeAsync(cancellationToken).ConfigureAwait(false);
        return predicted.Columns[0];
    }

    /// <summary>The probability of each class (column) for each row, in the frame's order.</summary>
    /// <exception cref="InvalidOperationException">It was not fitted.</exception>
    public async Task<float[,]> PredictProbaAsync(DataFrame frame, CancellationToken cancellationToken = default)
    {
        var model = Model;
        var predicted = await frame.Select(model.Features)
            .MapPartitions(partition => MlpModel.PredictProbabilities(model, partition))
            .ComputeAsync(cancellationToken).ConfigureAwait(false);
        float[,] probabilities = new float[predicted.RowCount, predicted.Columns.Count];
        for (int j = 0; j < predicted.Columns.Count; j++)
        {
            var values = predicted.Column<float>($"{j}").Values;
            for (int i = 0; i < values.Length; i++)
                probabilities[i, j] = values[i];
        }

        return probabilities;
    }

    /// <summary>The accuracy: the share of rows whose class is predicted, counted on the workers.</summary>
    /// <exception cref="InvalidOperationException">It was not fitted.</exception>
    public async Task<double> ScoreAsync(DataFrame frame, CancellationToken cancellationToken = default)
    {
        var model = Model;
        string[] needed = [.. model.Features, model.Label];
        var counts = await frame.Select(needed).MapPartitions(partition => MlpModel.Score(model, partition))
            .ComputeAsync(cancellationToken).ConfigureAwait(false);
        long correct = 0, rows = 0;
        for (int i = 0; i < counts.RowCount; i++)
        {
            correct += counts.Column<long>("correct")[i];
            rows += counts.Column<long>("rows")[i];
        }

        return rows == 0 ? throw new ArgumentException("The frame has no rows to score.", nameof(frame))
            : (double)correct / rows;
    }
}
