using System.Globalization;
using System.IO.Compression;
using TaskGraph.Tests;

namespace TaskGraph.Ml.Tests;

internal static class Samples
{
    public static (float[] Features, int[] Labels) Random(int rows, int columns, int classes, ulong seed)
    {
        var random = new Xoshiro256(seed);
        var features = new float[rows * columns];
        foreach (ref float value in features.AsSpan())
            value = (2 * random.NextSingle()) - 1;
        var labels = new int[rows];
        foreach (ref int label in labels.AsSpan())
            label = random.NextInt32(classes);
        return (features, labels);
    }

    /// <summary>Reads a table whose last column is the class; every fifth row is for testing, all are
    /// standardised.</summary>
    public static (float[] Train, int[] TrainLabels, float[] Test, int[] TestLabels) Read(
        int columns, Func<string[], bool> keep, params string[] file)
    {
        string[][] rows = ReadLines(Path.Combine(file)).Skip(1).Select(line => line.Split(',')).Where(keep).ToArray();
        int[] labels = new LabelEncoder<string>(rows.Select(r => r[^1])).Transform(rows.Select(r => r[^1]).ToArray());
        float[] Features(bool test) => rows.Where((_, i) => (i % 5 == 4) == test)
            .SelectMany(r => r.Take(columns).Select(v => float.Parse(v, CultureInfo.InvariantCulture))).ToArray();
        float[] train = Features(false), test = Features(true);
        var scaler = new StandardScaler(ColumnMoments.OfRows(train, columns));
        scaler.Transform(train);
        scaler.Transform(test);
        int[] Labels(bool test) => labels.Where((_, i) => (i % 5 == 4) == test).ToArray();
        return (train, Labels(false), test, Labels(true));
    }

    private static IEnumerable<string> ReadLines(string name)
    {
        using Stream file = File.OpenRead(SharedData.File(name));
        using Stream text = name.EndsWith(".gz") ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(text);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    public static double Accuracy(MlpShape shape, ReadOnlySpan<float> theta, float[] features, int[] labels)
    {
        var predicted = new int[labels.Length];
        new MlpNetwork(shape, 256).Predict(theta, features, predicted);
        return ClassificationMetrics.AccuracyScore(labels, predicted);
    }
}
