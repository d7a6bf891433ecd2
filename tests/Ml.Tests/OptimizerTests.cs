namespace TaskGraph.Ml.Tests;

public class OptimizerTests
{
    [Fact]
    public void Adam_follows_the_formula_step_by_step()
    {
        var adam = new Adam(19, 0.01f);
        float[] theta = Enumerable.Repeat(1f, 19).ToArray();
        double w = 1, m = 0, v = 0;
        double[] gradients = [0.5, -0.25, 2];
        for (int t = 1; t <= 3; t++)
        {
            double g = gradients[t - 1];
            adam.Step(theta, Enumerable.Repeat((float)g, 19).ToArray());
            m = (0.9 * m) + (0.1 * g);
            v = (0.999 * v) + (0.001 * g * g);
            w -= 0.01 * Math.Sqrt(1 - Math.Pow(0.999, t)) / (1 - Math.Pow(0.9, t)) * m / (Math.Sqrt(v) + 1e-8);
            Assert.All(theta, actual => Assert.Equal(w, actual, 1e-5));
        }
    }

    [Fact]
    public void Sgd_looks_ahead_only_under_nesterov()
    {
        float[] plain = [1f], ahead = [1f];
        var sgd = new Sgd(1, 0.1f, 0.5f, nesterov: false);
        var nesterov = new Sgd(1, 0.1f, 0.5f);
        sgd.Step(plain, [2f]);
        nesterov.Step(ahead, [2f]);
        Assert.Equal(0.8f, plain[0], 1e-6f);
        Assert.Equal(0.7f, ahead[0], 1e-6f);
        sgd.Step(plain, [1f]);
        Assert.Equal(0.6f, plain[0], 1e-6f);
    }

    [Fact]
    public void A_reset_optimiser_steps_like_a_new_one()
    {
        var used = new Adam(3);
        used.Step(new float[3], [1f, 2f, 3f]);
        used.Reset();
        float[] left = [1f, 1f, 1f], right = [1f, 1f, 1f];
        used.Step(left, [3f, 2f, 1f]);
        new Adam(3).Step(right, [3f, 2f, 1f]);
        Assert.Equal(right, left);
    }
}
