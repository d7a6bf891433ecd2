namespace TaskGraph;

/// <summary>How far many futures are.</summary>
/// <param name="Total">How many there are.</param>
/// <param name="Finished">Those that have a value.</param>
/// <param name="Failed">Those that have failed, were cancelled or are lost.</param>
/// <param name="Elapsed">Since the first report.</param>
public readonly record struct ProgressReport(int Total, int Finished, int Failed, TimeSpan Elapsed)
{
    /// <summary>Those that have not ended.</summary>
    public int Pending => Total - Finished - Failed;

    /// <summary>The share that has ended, from 0 to 1; 1 if there are none.</summary>
    public double Share => Total == 0 ? 1 : (double)(Finished + Failed) / Total;
}
