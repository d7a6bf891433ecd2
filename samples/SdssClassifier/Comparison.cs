namespace SdssClassifier;

/// <summary>This run's configurations beside the published ones, which ran on other hardware and more rows.</summary>
internal static class Comparison
{
    /// <summary>Manning's study: 400,000 rows, 100 epochs, Raspberry Pi 4s.</summary>
    private static readonly (string System, int Seconds)[] s_published =
    [
        ("Keras, 1 Pi 4", (50 * 60) + 35),
        ("PySpark 2×2, Pi 4", (56 * 60) + 17),
        ("PySpark 2×4, Pi 4", (29 * 60) + 1),
        ("PySpark 3×4, Pi 4", (18 * 60) + 53),
    ];

    public static void Print(IReadOnlyList<TrainingResult> results, int epochs)
    {
        Console.WriteLine($"{"configuration",-26} {"epochs",7} {"seconds",9} {"samples/s",12} {"accuracy",9} {"sync share",11}");
        foreach (var result in results)
        {
            double share = result.SyncSeconds / Math.Max(1e-9, result.SyncSeconds + result.ComputeSeconds);
            Console.WriteLine(
                $"{"TaskGraph " + result.Configuration,-26} {epochs,7} {result.Seconds,9:F2} {result.SamplesPerSecond,12:N0} "
                + $"{result.TestAccuracy,9:P2} {share,11:P0}");
        }

        Console.WriteLine("published by Manning, on other hardware (Raspberry Pi 4), 400,000 rows:");
        foreach (var (system, seconds) in s_published)
            Console.WriteLine($"{system,-26} {100,7} {seconds,9:N0} {400_000.0 * 100 / seconds,12:N0} {"≈96.8 %",9} {"",11}");
    }
}
