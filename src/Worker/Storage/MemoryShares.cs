namespace TaskGraph.Worker.Storage;

/// <summary>The steps of the memory ladder, as shares of the memory limit (Dask's figures).</summary>
/// <param name="Target">What values may take.</param>
/// <param name="Spill">What the process may take before more values go to disk.</param>
/// <param name="Pause">What the process may take before the worker pauses; 1 = it does not.</param>
/// <param name="Terminate">What the process may take before its nanny ends it.</param>
internal sealed record MemoryShares(
    double Target = 0.60, double Spill = 0.70, double Pause = 0.80, double Terminate = 0.95)
{
    /// <summary>The usual ones.</summary>
    public static MemoryShares Default { get; } = new();

    /// <summary>Whether each step is at most as high as the next.</summary>
    public bool IsAscending => Target <= Spill && Spill <= Pause && Pause <= Terminate;
}
