namespace TaskGraph.Ml.Tests;

public class PreprocessingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(40)]
    public void Merged_moments_equal_those_of_the_whole(int cut)
    {
        double[] values = Enumerable.Range(0, 40).Select(i => 1000 + Math.Sin(i)).ToArray();
        ColumnMoments whole = ColumnMoments.Of(values);
        ColumnMoments left = ColumnMoments.Of(values.AsSpan(0, cut)), right = ColumnMoments.Of(values.AsSpan(cut));
        ColumnMoments merged = ColumnMoments.Merge(left, right);
        Assert.Equal(whole.Count, merged.Count);
        Assert.Equal(whole.Mean, merged.Mean, 1e-10);
        Assert.Equal(whole.Variance, merged.Variance, 1e-10);
    }

    [Fact]
    public void Scaled_columns_have_mean_zero_and_variance_one_and_constant_ones_only_move()
    {
        float[] rows = [1, 7, 2, 7, 3, 7, 4, 7];
        var scaler = new StandardScaler(ColumnMoments.OfRows(rows, 2));
        Assert.Equal([2.5, 7], scaler.Mean);
        Assert.Equal(Math.Sqrt(1.25), scaler.Scale[0], 1e-12);
        Assert.Equal(1, scaler.Scale[1]);
        scaler.Transform(rows);
        Assert.Equal(0, rows[0] + rows[2] + rows[4] + rows[6], 1e-6);
        Assert.Equal(0, rows[1]);
    }

    [Fact]
    public void Labels_are_numbered_in_ordinal_order_and_come_back()
    {
        var encoder = new LabelEncoder<string>(["b", "a", "B", "a"]);
        Assert.Equal(["B", "a", "b"], encoder.Classes);
        Assert.Equal([2, 1, 0], encoder.Transform(["b", "a", "B"]));
        Assert.Equal(["b", "B"], encoder.InverseTransform([2, 0]));
        Assert.Throws<ArgumentException>(() => encoder.Transform(["c"]));
    }

    [Fact]
    public void Accuracy_and_confusion_count_what_was_predicted()
    {
        int[] expected = [0, 1, 1, 2], predicted = [0, 1, 2, 2];
        Assert.Equal(0.75, ClassificationMetrics.AccuracyScore(expected, predicted));
        long[,] counts = ClassificationMetrics.ConfusionMatrix(expected, predicted, 3);
        Assert.Equal(1, counts[1, 2]);
        Assert.Equal(0, counts[2, 1]);
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.AccuracyScore([1], [1, 2]));
    }
}
