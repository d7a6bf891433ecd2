namespace TaskGraph.Ml.Tests;

/// <summary>The same network in doubles and plain loops, differentiated by central differences.</summary>
internal sealed class ReferenceNetwork(int[] sizes, float[] features, int[] labels, double alpha)
{
    private const double Step = 1e-6;

    /// <summary>The parameters without padding: weights row by row, then biases, layer by layer.</summary>
    public double[] Parameters(MlpShape shape, ReadOnlySpan<float> theta)
    {
        var parameters = new List<double>();
        for (int layer = 0; layer < sizes.Length - 1; layer++)
        {
            parameters.AddRange(shape.Weights(theta, layer).Cast<float>().Select(weight => (double)weight));
            parameters.AddRange(shape.Biases(theta, layer).Select(bias => (double)bias));
        }

        return [.. parameters];
    }

    public double[] Gradient(double[] parameters)
    {
        double[] gradient = new double[parameters.Length];
        for (int i = 0; i < gradient.Length; i++)
        {
            double middle = parameters[i];
            parameters[i] = middle + Step;
            double above = Loss(parameters);
            parameters[i] = middle - Step;
            gradient[i] = (above - Loss(parameters)) / (2 * Step);
            parameters[i] = middle;
        }

        return gradient;
    }

    public double Loss(double[] parameters)
    {
        double loss = 0, squares = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            double[] values = [.. features.Skip(row * sizes[0]).Take(sizes[0]).Select(value => (double)value)];
            int at = 0;
            squares = 0;
            for (int layer = 0; layer < sizes.Length - 1; layer++)
            {
                int inputs = sizes[layer], outputs = sizes[layer + 1];
                double[] next = new double[outputs];
                for (int j = 0; j < outputs; j++)
                {
                    next[j] = parameters[at + (inputs * outputs) + j];
                    for (int i = 0; i < inputs; i++)
                        next[j] += values[i] * parameters[at + (i * outputs) + j];
                    if (layer < sizes.Length - 2)
                        next[j] = Math.Max(next[j], 0);
                }

                for (int i = 0; i < inputs * outputs; i++)
                    squares += parameters[at + i] * parameters[at + i];
                at += (inputs + 1) * outputs;
                values = next;
            }

            loss += Math.Log(values.Sum(Math.Exp)) - values[labels[row]];
        }

        return (loss + (0.5 * alpha * squares)) / labels.Length;
    }
}
