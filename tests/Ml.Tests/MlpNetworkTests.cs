namespace TaskGraph.Ml.Tests;

public class MlpNetworkTests
{
    [Theory]
    [InlineData(1, 3, 7, 2)]
    [InlineData(13, 5, 20, 3)]
    [InlineData(32, 6, 64, 4)]
    public void Gradient_agrees_with_central_differences_in_double(int rows, int inputs, int hidden, int classes)
    {
        var shape = new MlpShape(inputs, hidden, 9, classes);
        float[] theta = MlpInitializer.Create(shape, 7);
        (float[] x, int[] y) = Samples.Random(rows, inputs, classes, 11);
        var gradient = new float[shape.ParameterCount];
        (double loss, _) = new MlpNetwork(shape, rows).ComputeGradient(theta, x, y, gradient);
        double[] exact = theta.Select(t => (double)t).ToArray();
        Assert.Equal(ReferenceNetwork.Loss(shape, exact, x, y), loss / rows, 1e-5);
        double difference = 0, size = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            const double Step = 1e-6;
            double kept = exact[i];
            exact[i] = kept + Step;
            double up = ReferenceNetwork.Loss(shape, exact, x, y);
            exact[i] = kept - Step;
            double slope = (up - ReferenceNetwork.Loss(shape, exact, x, y)) / (2 * Step);
            exact[i] = kept;
            difference += (slope - gradient[i]) * (slope - gradient[i]);
            size += slope * slope;
        }

        Assert.True(Math.Sqrt(difference / size) < 1e-4, $"relative difference {Math.Sqrt(difference / size)}");
    }

    [Fact]
    public void Probabilities_sum_to_one_and_do_not_depend_on_the_batch()
    {
        var shape = new MlpShape(5, 20, 3);
        float[] theta = MlpInitializer.Create(shape, 1);
        (float[] x, _) = Samples.Random(50, 5, 3, 2);
        var whole = new float[150];
        var pieces = new float[150];
        new MlpNetwork(shape, 50).PredictProbabilities(theta, x, whole);
        new MlpNetwork(shape, 7).PredictProbabilities(theta, x, pieces);
        Assert.Equal(whole, pieces);
        foreach (float[] row in whole.Chunk(3))
            Assert.Equal(1f, row.Sum(), 1e-5f);
    }

    [Fact]
    public void A_label_outside_the_classes_is_refused()
    {
        var shape = new MlpShape(2, 3);
        float[] theta = MlpInitializer.Create(shape, 0);
        Assert.Throws<ArgumentException>(
            () => new MlpNetwork(shape, 1).ComputeGradient(theta, [1f, 2f], [3], new float[shape.ParameterCount]));
    }

    [Fact]
    public void Starting_parameters_are_within_the_glorot_bound_and_fixed_by_the_seed()
    {
        var shape = new MlpShape(6, 64, 3);
        float[] theta = MlpInitializer.Create(shape, 5);
        Assert.Equal(theta, MlpInitializer.Create(shape, 5));
        Assert.NotEqual(theta, MlpInitializer.Create(shape, 6));
        Assert.All(theta[shape.Weights(0)], w => Assert.InRange(w, -MathF.Sqrt(6f / 70), MathF.Sqrt(6f / 70)));
        Assert.Contains(theta[shape.Biases(0)], b => b != 0);
    }
}
