using TaskGraph.Collections;
using TaskGraph.Tests;

namespace TaskGraph.Ml.Tests;

/// <summary>
/// The SDSS catalogue without its bad row, every fifth row held out, standardised on the training part.
/// </summary>
internal sealed class SdssSample
{
    public static readonly string[] Features = ["u", "g", "r", "i", "z", "redshift"];

    private SdssSample(Table train, Table test, LabelEncoder encoder)
    {
        Train = ToShard(train, encoder);
        Test = ToShard(test, encoder);
    }

    public static Lazy<SdssSample> Instance { get; } = new(Load);

    public static string Path => SharedData.File("sdss/dr17.csv.gz");

    public Shard Train { get; }

    public Shard Test { get; }

    /// <summary>Every <paramref name="count"/>th training row from <paramref name="index"/> on.</summary>
    public Shard Part(int index, int count)
    {
        var labels = new List<int>();
        var features = new List<float>();
        for (int row = index; row < Train.Rows; row += count)
        {
            labels.Add(Train.Labels[row]);
            features.AddRange(Train.Features.AsSpan(row * Features.Length, Features.Length));
        }

        return new Shard([.. features], [.. labels], Features.Length);
    }

    private static SdssSample Load()
    {
        var table = CsvReader.Read(Path);
        table = table.Slice(0, table.RowCount - 1);
        int[] rows = [.. Enumerable.Range(0, table.RowCount)];
        var train = table.Take(Array.FindAll(rows, row => row % 5 != 4));
        var test = table.Take(Array.FindAll(rows, row => row % 5 == 4));
        var scaler = new StandardScaler().Fit(train, Features);
        var encoder = new LabelEncoder().Fit(train["class"]);
        return new SdssSample(scaler.Transform(train), scaler.Transform(test), encoder);
    }

    private static Shard ToShard(Table table, LabelEncoder encoder)
    {
        float[] features = new float[table.RowCount * Features.Length];
        for (int i = 0; i < Features.Length; i++)
            NumericValues.CopyTo(table[Features[i]], features.AsSpan(i), Features.Length);
        return new Shard(features, encoder.Transform(table["class"]), Features.Length);
    }
}
