using System.Numerics;

namespace TaskGraph.Ml;

/// <summary>The output layer: class probabilities, their loss against the true classes, and its gradient.</summary>
internal static unsafe class SoftmaxCrossEntropy
{
    /// <summary>
    /// Replaces each row of <paramref name="logits"/> by its softmax; the padding columns become 0. Rows are shifted
    /// by their maximum, so no exponential overflows.
    /// </summary>
    public static void Softmax(float* logits, int rows, int classes, int stride)
    {
        for (int row = 0; row < rows; row++, logits += stride)
            SoftmaxRow(logits, classes, stride, out _);
    }

    /// <summary>
    /// Replaces each row of <paramref name="logits"/> by softmax − one-hot(label), the gradient of that row's
    /// cross-entropy, and sums the losses and the rows whose most probable class is the label.
    /// </summary>
    public static BatchResult Gradient(float* logits, ReadOnlySpan<int> labels, int classes, int stride)
    {
        double loss = 0;
        int correct = 0;
        foreach (int label in labels)
        {
            float own = logits[label];
            float largest = SoftmaxRow(logits, classes, stride, out float sum);
            loss += MathF.Log(sum) + largest - own;
            if (own == largest && IsFirst(logits, label))
                correct++;
            logits[label] -= 1;
            logits += stride;
        }

        return new BatchResult(loss, correct);
    }

    /// <summary>The index of the largest of the first <paramref name="classes"/> values; the first of equals.</summary>
    public static int ArgMax(float* values, int classes)
    {
        int best = 0;
        for (int i = 1; i < classes; i++)
        {
            if (values[i] > values[best])
                best = i;
        }

        return best;
    }

    private static float SoftmaxRow(float* row, int classes, int stride, out float sum)
    {
        for (int i = classes; i < stride; i++)
            row[i] = float.NegativeInfinity;
        var largest = Vector.Load(row);
        for (int i = Vector<float>.Count; i < stride; i += Vector<float>.Count)
            largest = Vector.MaxNative(largest, Vector.Load(row + i));
        float max = largest[0];
        for (int i = 1; i < Vector<float>.Count; i++)
            max = MathF.Max(max, largest[i]);

        var shift = new Vector<float>(max);
        var sums = Vector<float>.Zero;
        for (int i = 0; i < stride; i += Vector<float>.Count)
        {
            var power = Vector.Exp(Vector.Load(row + i) - shift);
            sums += power;
            power.Store(row + i);
        }

        sum = Vector.Sum(sums);
        var scale = new Vector<float>(1 / sum);
        for (int i = 0; i < stride; i += Vector<float>.Count)
            (Vector.Load(row + i) * scale).Store(row + i);
        return max;
    }

    private static bool IsFirst(float* probabilities, int label)
    {
        for (int i = 0; i < label; i++)
        {
            if (probabilities[i] == probabilities[label])
                return false;
        }

        return true;
    }
}
