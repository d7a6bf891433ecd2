namespace TaskGraph.Ml.Tests;

public sealed class OptimizerTests
{
    [Fact]
    public void Adam_takes_the_steps_that_its_definition_gives()
    {
        const int Length = 19;
        float[] theta = [.. Enumerable.Range(0, Length).Select(i => i * 0.1f)];
        double[] expected = [.. theta.Select(value => (double)value)];
        double[] m = new double[Length], v = new double[Length];
        var adam = new Adam(Length, 0.01f);
        for (int t = 1; t <= 5; t++)
        {
            float[] gradient = [.. Enumerable.Range(0, Length).Select(i => MathF.Sin((i * t) + t))];
            adam.Step(theta, gradient);
            for (int i = 0; i < Length; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * gradient[i]);
                v[i] = (0.999 * v[i]) + (0.001 * gradient[i] * gradient[i]);
                double rate = 0.01 * Math.Sqrt(1 - Math.Pow(0.999, t)) / (1 - Math.Pow(0.9, t));
                expected[i] -= rate * m[i] / (Math.Sqrt(v[i]) + 1e-8);
            }
        }

        for (int i = 0; i < Length; i++)
            Assert.Equal(expected[i], theta[i], 1e-5);
    }

    [Theory]
    [InlineData(0, 10, 0.2, 1)]
    [InlineData(7, 10, 0.2, 1)]
    [InlineData(8, 10, 0.2, 0.75)]
    [InlineData(9, 10, 0.2, 0.25)]
    [InlineData(0, 1, 0.2, 0.5)]
    [InlineData(9, 10, 0, 1)]
    [InlineData(3, 0, 0.2, 1)]
    public void The_learning_rate_falls_over_the_last_epochs(int epoch, int epochs, double share, float expected) =>
        Assert.Equal(expected, CoolDown.Factor(epoch, epochs, share));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sgd_takes_the_steps_that_its_definition_gives(bool nesterov)
    {
        const int Length = 21;
        float[] theta = new float[Length];
        double[] expected = new double[Length], velocity = new double[Length];
        var sgd = new Sgd(Length, 0.1f, 0.9f, nesterov);
        for (int t = 1; t <= 4; t++)
        {
            float[] gradient = [.. Enumerable.Range(0, Length).Select(i => MathF.Cos(i + t))];
            sgd.Step(theta, gradient);
            for (int i = 0; i < Length; i++)
            {
                velocity[i] = (0.9 * velocity[i]) - (0.1 * gradient[i]);
                expected[i] += nesterov ? (0.9 * velocity[i]) - (0.1 * gradient[i]) : velocity[i];
            }
        }

        for (int i = 0; i < Length; i++)
            Assert.Equal(expected[i], theta[i], 1e-5);
    }
}
