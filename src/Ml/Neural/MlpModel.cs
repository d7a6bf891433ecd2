using TaskGraph.Collections;

namespace TaskGraph.Ml;

/// <summary>A trained network as it travels to the workers that predict.</summary>
internal sealed record MlpModel
{
    /// <summary>Sizes from the inputs to the classes.</summary>
    public int[] LayerSizes { get; init; } = [];

    /// <summary>The weights.</summary>
    public float[] Theta { get; init; } = [];

    /// <summary>The columns of the features, in order.</summary>
    public string[] Features { get; init; } = [];

    /// <summary>The column of the label.</summary>
    public string Label { get; init; } = "";

    /// <summary>A table of one column: the classes in order.</summary>
    public Table? Classes { get; init; }

    /// <summary>The predicted class of each row, as a table of one column called as the label.</summary>
    public static Table Predict(MlpModel model, Table partition)
    {
        int[] classes = PredictClasses(model, partition);
        return Table.FromColumns(model.Classes!.Columns[0].Take(classes).Rename(model.Label));
    }

    /// <summary>The probabilities of each row, one float column per class, called 0, 1, ….</summary>
    public static Table PredictProbabilities(MlpModel model, Table partition)
    {
        int classes = model.LayerSizes[^1];
        float[] probabilities = new float[partition.RowCount * classes];
        model.CreatePredictor().Probabilities(model.Rows(partition), probabilities);
        var columns = new Column[classes];
        float[] column = new float[partition.RowCount];
        for (int j = 0; j < classes; j++)
        {
            for (int i = 0; i < column.Length; i++)
                column[i] = probabilities[(i * classes) + j];
            columns[j] = Column.Of<float>($"{j}", column);
        }

        return Table.FromColumns(columns);
    }

    /// <summary>One row: how many predictions are right, and how many rows there are.</summary>
    public static Table Score(MlpModel model, Table partition)
    {
        var encoder = new LabelEncoder().Accept(model.Classes!.Columns[0]);
        int[] actual = encoder.Transform(partition[model.Label]);
        int[] predicted = PredictClasses(model, partition);
        long correct = 0;
        for (int i = 0; i < actual.Length; i++)
            correct += actual[i] == predicted[i] ? 1 : 0;
        return Table.FromColumns(Column.Of<long>("correct", correct), Column.Of<long>("rows", actual.Length));
    }

    private static int[] PredictClasses(MlpModel model, Table partition)
    {
        int[] classes = new int[partition.RowCount];
        model.CreatePredictor().Classes(model.Rows(partition), classes);
        return classes;
    }

    private MlpPredictor CreatePredictor() => new(new MlpShape(LayerSizes), Theta);

    private float[] Rows(Table partition)
    {
        float[] rows = new float[checked(partition.RowCount * Features.Length)];
        for (int j = 0; j < Features.Length && rows.Length > 0; j++)
            NumericValues.CopyTo(partition[Features[j]], rows.AsSpan(j), Features.Length);
        return rows;
    }
}
