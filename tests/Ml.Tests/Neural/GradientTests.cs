namespace TaskGraph.Ml.Tests;

public sealed class GradientTests
{
    private const float Alpha = 0.01f;

    [Theory]
    [InlineData(new[] { 3, 2 }, 1)]
    [InlineData(new[] { 6, 7, 5, 3 }, 13)]
    [InlineData(new[] { 5, 64, 17, 33, 4 }, 32)]
    public void The_gradient_equals_central_differences_in_double(int[] sizes, int rows)
    {
        var shape = new MlpShape(sizes);
        var network = new MlpNetwork(shape, rows);
        var theta = new AlignedBuffer(shape.Length);
        var gradient = new AlignedBuffer(shape.Length);
        GlorotUniform.Fill(shape, theta.Span, 5);
        var random = new SeededRandom(8);
        foreach (ref float value in network.Input(rows))
            value = (float)((random.NextUnit() * 2) - 1);
        float[] features = network.Input(rows).ToArray();
        int[] labels = [.. Enumerable.Range(0, rows).Select(row => row % shape.Outputs)];

        var result = network.GradientSum(theta, labels, gradient);
        float penalty = network.Finish(theta.Span, gradient.Span, Alpha, rows);

        var reference = new ReferenceNetwork(sizes, features, labels, Alpha);
        double[] parameters = reference.Parameters(shape, theta.Span);
        Assert.Equal(reference.Loss(parameters), (result.LossSum / rows) + penalty, 1e-5);
        double[] expected = reference.Gradient(parameters);
        double[] actual = reference.Parameters(shape, gradient.Span);
        double scale = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-4 * scale);
    }

    [Fact]
    public void The_padding_of_weights_stays_zero_through_training()
    {
        var settings = new TrainerSettings { LayerSizes = [4, 5, 3], BatchSize = 8 };
        var trainer = new LocalTrainer(settings, Blobs.Shard(64, 4, 3, 1), 1);
        GlorotUniform.Fill(new MlpShape(settings.LayerSizes), trainer.Theta.Span, 1);
        for (int step = 0; step < trainer.Steps; step++)
            trainer.Step(trainer.Sum(step), 8);

        foreach (var layer in new MlpShape(settings.LayerSizes).Layers)
        {
            for (int row = 0; row <= layer.Inputs; row++)
            {
                var padding = trainer.Theta.Span.Slice(layer.WeightOffset + (row * layer.Stride), layer.Stride);
                Assert.All(padding[layer.Outputs..].ToArray(), value => Assert.Equal(0, value));
            }
        }
    }

    [Fact]
    public void Huge_logits_give_finite_probabilities()
    {
        var shape = new MlpShape(2, 3);
        float[] theta = new float[shape.Length];
        theta[0] = 1e30f;
        float[] probabilities = new float[3];
        new MlpPredictor(shape, theta).Probabilities([1, 0], probabilities);
        Assert.Equal([1f, 0f, 0f], probabilities);
    }

    [Fact]
    public void First_weights_fill_the_interval_of_Glorot_and_Bengio_and_are_the_same_for_the_same_seed()
    {
        var shape = new MlpShape(100, 50, 10);
        float[] theta = new float[shape.Length], again = new float[shape.Length], other = new float[shape.Length];
        GlorotUniform.Fill(shape, theta, 3);
        GlorotUniform.Fill(shape, again, 3);
        GlorotUniform.Fill(shape, other, 4);
        Assert.Equal(theta, again);
        Assert.NotEqual(theta, other);
        float bound = MathF.Sqrt(6f / 150);
        float[] weights = [.. shape.Weights(theta, 0).Cast<float>()];
        Assert.All(weights, weight => Assert.InRange(weight, -bound, bound));
        Assert.InRange(weights.Average(), -0.05 * bound, 0.05 * bound);
        Assert.InRange(weights.Max(), 0.99 * bound, bound);
        Assert.All(shape.Biases(theta, 1), bias => Assert.NotEqual(0, bias));
    }
}
