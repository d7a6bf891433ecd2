namespace TaskGraph.Ml.Tests;

public sealed class MetricTests
{
    [Fact]
    public void Accuracy_is_the_share_of_equal_labels()
    {
        Assert.Equal(0.75, Metric.Accuracy([0, 1, 2, 1], [0, 1, 1, 1]));
        Assert.Equal(0, Metric.Accuracy([], []));
        Assert.Throws<ArgumentException>(() => Metric.Accuracy([1], []));
    }

    [Fact]
    public void A_confusion_matrix_counts_by_true_and_predicted_class_and_adds_up_over_parts()
    {
        var whole = new ConfusionMatrix(3);
        var part = new ConfusionMatrix(3);
        whole.Add([0, 1, 2], [0, 2, 2]);
        part.Add([1, 1], [2, 1]);
        whole.Add(part);
        Assert.Equal((2, 1, 0), (whole[1, 2], whole[1, 1], whole[2, 1]));
        Assert.Equal((5, 3, 0.6), (whole.Total, whole.Correct, whole.Accuracy));
    }
}
