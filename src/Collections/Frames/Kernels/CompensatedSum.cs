namespace TaskGraph.Collections;

/// <summary>Sums with the rounding errors kept apart, one per group, so that the order of values hardly matters.
/// A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974.</summary>
internal readonly struct CompensatedSum(int groups)
{
    private readonly double[] _sums = new double[groups];
    private readonly double[] _errors = new double[groups];

    internal double[] Sums => _sums;

    internal double[] Errors => _errors;

    internal void Add(int group, double value)
    {
        double sum = _sums[group];
        double total = sum + value;
        _errors[group] += Math.Abs(sum) >= Math.Abs(value) ? (sum - total) + value : (value - total) + sum;
        _sums[group] = total;
    }

    /// <summary>The sum with its error put back. Past the range of doubles the error means nothing.</summary>
    internal static double Total(double sum, double error) => double.IsFinite(sum) ? sum + error : sum;
}
