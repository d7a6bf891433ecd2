using TaskGraph.Ml;

namespace SdssClassifier;

/// <summary>What happens to the group of trainers, as it happens.</summary>
internal sealed class EventLines : IProgress<TrainingEvent>
{
    public void Report(TrainingEvent value) => Console.WriteLine($"  *** {value.Message}");
}
