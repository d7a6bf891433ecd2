using System.Numerics;

namespace TaskGraph.Ml;

/// <summary>Softmax and cross-entropy over rows of padded logits.</summary>
internal static unsafe class SoftmaxCrossEntropy
{
    private const float SmallestProbability = 1.1920929e-7f;

    /// <summary>Turns logits into probabilities in place; columns beyond <paramref name="classes"/> become 0.</summary>
    public static void Softmax(float* rows, int count, int stride, int classes)
    {
        for (int i = 0; i < count; i++)
            SoftmaxRow(rows + ((nint)i * stride), stride, classes);
    }

    /// <summary>
    /// Turns logits into (probability − target) / count in place, and returns the summed loss and the rows whose most
    /// probable class is the label.
    /// </summary>
    public static (double Loss, int Correct) Backward(float* rows, int count, int stride, int classes, int* labels)
    {
        double loss = 0;
        int correct = 0;
        float share = 1f / count;
        for (int i = 0; i < count; i++)
        {
            float* row = rows + ((nint)i * stride);
            int label = labels[i];
            if (SoftmaxRow(row, stride, classes) == label)
                correct++;

            // A NaN fails the comparison and stays a NaN, so a diverged network is seen in its loss.
            float probability = row[label];
            loss -= MathF.Log(probability < SmallestProbability ? SmallestProbability : probability);
            row[label] = probability - 1f;
            for (int j = 0; j < stride; j += Vector<float>.Count)
                Vector.Store(Vector.Load(row + j) * share, row + j);
        }

        return (loss, correct);
    }

    // Returns the most probable class.
    private static int SoftmaxRow(float* row, int stride, int classes)
    {
        int best = 0;
        for (int j = 1; j < classes; j++)
        {
            if (row[j] > row[best])
                best = j;
        }

        // Shifted by the maximum, no exponent can overflow; padding becomes exp(−∞) = 0.
        float max = row[best];
        for (int j = classes; j < stride; j++)
            row[j] = float.NegativeInfinity;
        for (int j = 0; j < stride; j += Vector<float>.Count)
            Vector.Store(Vector.Exp(Vector.Load(row + j) - new Vector<float>(max)), row + j);
        float sum = 0;
        for (int j = 0; j < classes; j++)
            sum += row[j];
        var scale = new Vector<float>(1f / sum);
        for (int j = 0; j < stride; j += Vector<float>.Count)
            Vector.Store(Vector.Load(row + j) * scale, row + j);
        return best;
    }
}
