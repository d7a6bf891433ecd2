namespace TaskGraph.Worker.Storage;

/// <summary>A spill file is not what was written, or cannot be read.</summary>
internal sealed class SpillDamagedException(string path, string reason)
    : TaskGraphException($"The spilled value in {path} is lost: {reason}.");
