using System.Globalization;

namespace SdssClassifier.Catalogue;

/// <summary>A catalogue drawn from the mixture, as a CSV file in a temporary folder that goes with the program.</summary>
internal sealed class DrawnCatalogue : IDisposable
{
    public const int RowCount = 100_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskgraph-sdss-");

    public DrawnCatalogue(int seed)
    {
        Path = System.IO.Path.Combine(_folder.FullName, "drawn-dr17.csv");
        var mixture = GaussianMixture.Load();
        var random = new Random(seed);
        var values = new double[GaussianMixture.Columns.Length];
        using var writer = new StreamWriter(Path);
        writer.WriteLine(string.Join(',', GaussianMixture.Columns) + ",class");
        for (int row = 0; row < RowCount; row++)
        {
            string label = mixture.Draw(random, values);
            foreach (double value in values)
            {
                writer.Write(value.ToString("G8", CultureInfo.InvariantCulture));
                writer.Write(',');
            }

            writer.WriteLine(label);
        }
    }

    /// <summary>The CSV file, with the columns of the real catalogue.</summary>
    public string Path { get; }

    public void Dispose() => _folder.Delete(recursive: true);
}
