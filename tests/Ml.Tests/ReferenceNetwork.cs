namespace TaskGraph.Ml.Tests;

/// <summary>The mean cross-entropy of a ReLU network, written plainly in double.</summary>
internal static class ReferenceNetwork
{
    public static double Loss(MlpShape shape, double[] theta, float[] x, int[] labels)
    {
        double loss = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            double[] values = x.Skip(row * shape.Inputs).Take(shape.Inputs).Select(v => (double)v).ToArray();
            for (int layer = 0; layer < shape.Layers; layer++)
            {
                double[] weights = theta[shape.Weights(layer)], next = theta[shape.Biases(layer)];
                for (int i = 0; i < values.Length; i++)
                {
                    for (int j = 0; j < next.Length; j++)
                        next[j] += values[i] * weights[(i * next.Length) + j];
                }

                values = layer < shape.Layers - 1 ? next.Select(v => Math.Max(v, 0)).ToArray() : next;
            }

            loss += Math.Log(values.Sum(Math.Exp)) - values[labels[row]];
        }

        return loss / labels.Length;
    }
}
