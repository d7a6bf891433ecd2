using TaskGraph.Collections;

namespace TaskGraph.Ml;

// The trained network on the workers.
public sealed partial class MlpClassifier
{
    private const int LargestInlineWeights = 32 << 10;

    /// <summary>The most probable class of each row, in the frame's order, as a column called as the label.</summary>
    /// <exception cref="InvalidOperationException">It was not fitted.</exception>
    public async Task<Column> PredictAsync(DataFrame frame, CancellationToken cancellationToken = default)
    {
        var predicted = await OnPartitionsAsync(MlpModel.Predict, frame, Model.Features, cancellationToken)
            .ConfigureAwait(false);
        return predicted.Columns[0];
    }

    /// <summary>The probability of each class (column) for each row, in the frame's order.</summary>
    /// <exception cref="InvalidOperationException">It was not fitted.</exception>
    public async Task<float[,]> PredictProbaAsync(DataFrame frame, CancellationToken cancellationToken = default)
    {
        var predicted = await OnPartitionsAsync(
            MlpModel.PredictProbabilities, frame, Model.Features, cancellationToken).ConfigureAwait(false);
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
        string[] needed = [.. Model.Features, Model.Label];
        var counts = await OnPartitionsAsync(MlpModel.Score, frame, needed, cancellationToken).ConfigureAwait(false);
        long correct = 0, rows = 0;
        for (int i = 0; i < counts.RowCount; i++)
        {
            correct += counts.Column<long>("correct")[i];
            rows += counts.Column<long>("rows")[i];
        }

        return rows == 0 ? throw new ArgumentException("The frame has no rows to score.", nameof(frame))
            : (double)correct / rows;
    }

    /// <summary>Runs a function of model and partition on the workers; a large model travels once, not per task.</summary>
    private async Task<Table> OnPartitionsAsync(
        Func<MlpModel, Table, Table> function, DataFrame frame, IReadOnlyList<string> columns,
        CancellationToken cancellation)
    {
        var client = frame.Client;
        var partitions = await frame.Select(columns).PersistAsync(cancellation).ConfigureAwait(false);
        var model = Model.Theta.Length <= LargestInlineWeights
            ? Arg.Of(Model)
            : await client.ScatterAsync(Model, cancellationToken: cancellation).ConfigureAwait(false);
        var results = partitions.Partitions.Select(partition => client.Submit(function, model, partition)).ToArray();
        return Table.Concat(await client.GatherAsync(results, cancellation).ConfigureAwait(false));
    }
}
