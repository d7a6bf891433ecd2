using System.Text.Json;

namespace SdssClassifier;

/// <summary>What one configuration gave.</summary>
internal sealed record TrainingResult(
    Configuration Configuration,
    long Rows,
    IReadOnlyDictionary<string, long> Classes,
    long TrainRows,
    long TestRows,
    int Epochs,
    double Seconds,
    double SamplesPerSecond,
    double TestAccuracy,
    double ComputeSeconds,
    double SyncSeconds)
{
    public string ToJson() => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["rows"] = Rows,
        ["classes"] = Classes,
        ["train_rows"] = TrainRows,
        ["test_rows"] = TestRows,
        ["workers"] = Configuration.Workers,
        ["threads"] = Configuration.Threads,
        ["epochs"] = Epochs,
        ["seconds"] = Math.Round(Seconds, 3),
        ["samples_per_second"] = Math.Round(SamplesPerSecond),
        ["test_accuracy"] = Math.Round(TestAccuracy, 5),
        ["compute_seconds"] = Math.Round(ComputeSeconds, 3),
        ["sync_seconds"] = Math.Round(SyncSeconds, 3),
    });
}
