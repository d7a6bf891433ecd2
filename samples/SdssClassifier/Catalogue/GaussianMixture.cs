using System.Globalization;

namespace SdssClassifier.Catalogue;

/// <summary>
/// One Gaussian mixture per class, fitted to SDSS DR17 (docs/sdss-mixture.md): draws rows that look like the sky's
/// where no real catalogue is at hand.
/// </summary>
internal sealed class GaussianMixture
{
    public static readonly string[] Columns = ["u", "g", "r", "i", "z", "redshift"];

    private readonly List<Component> _components;
    private readonly double[] _cumulativeWeights;

    private GaussianMixture(List<Component> components)
    {
        _components = components;
        double sum = 0;
        _cumulativeWeights = components.Select(component => sum += component.Weight).ToArray();
    }

    /// <summary>The mixture that comes with the sample.</summary>
    public static GaussianMixture Load()
    {
        using var stream = typeof(GaussianMixture).Assembly.GetManifestResourceStream("mixture.csv")
            ?? throw new InvalidOperationException("The sample was built without its mixture.csv.");
        using var reader = new StreamReader(stream);
        reader.ReadLine();
        var components = new List<Component>();
        while (reader.ReadLine() is { } line)
            components.Add(Component.Parse(line.Split(',')));
        return new GaussianMixture(components);
    }

    /// <summary>Draws one row into <paramref name="values"/> and returns its class.</summary>
    public string Draw(Random random, Span<double> values)
    {
        double weight = random.NextDouble() * _cumulativeWeights[^1];
        int index = Array.BinarySearch(_cumulativeWeights, weight);
        var component = _components[Math.Min(index < 0 ? ~index : index, _components.Count - 1)];
        Span<double> normal = stackalloc double[Columns.Length];
        for (int i = 0; i < normal.Length; i++)
            normal[i] = StandardNormal(random);
        for (int i = 0, k = 0; i < values.Length; i++)
        {
            values[i] = component.Mean[i];
            for (int j = 0; j <= i; j++, k++)
                values[i] += component.Cholesky[k] * normal[j];
        }

        return component.Class;
    }

    /// <summary>Box and Muller's transform; one of its two numbers is enough here.</summary>
    private static double StandardNormal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private sealed record Component(string Class, double Weight, double[] Mean, double[] Cholesky)
    {
        public static Component Parse(string[] cells)
        {
            double[] numbers = cells[1..].Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
            return new Component(cells[0], numbers[0], numbers[1..7], numbers[7..]);
        }
    }
}
