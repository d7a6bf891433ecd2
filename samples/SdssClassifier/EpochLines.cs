using TaskGraph.Ml;

namespace SdssClassifier;

/// <summary>One line per epoch, as it ends; and whatever else is to happen then.</summary>
internal sealed class EpochLines(Action<EpochReport>? after = null) : IProgress<EpochReport>
{
    public void Report(EpochReport value)
    {
        double share = value.SyncSeconds / Math.Max(1e-9, value.SyncSeconds + value.ComputeSeconds);
        Console.WriteLine(
            $"  epoch {value.Epoch,3}  loss {value.Loss:F4}  accuracy {value.Accuracy:P2}  {value.SamplesPerSecond,11:N0} samples/s  "
            + $"{share:P0} synchronising");
        after?.Invoke(value);
    }
}
