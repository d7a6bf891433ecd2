namespace TaskGraph.Scheduler.Machine;

/// <summary>How loud a log line is.</summary>
internal enum EffectLevel
{
    Debug,
    Info,
    Warning,
}

/// <summary>
/// What the shell is to do besides sending: write a log line, and close a peer's connection if one is named.
/// </summary>
/// <param name="Level">How loud.</param>
/// <param name="Text">The line.</param>
/// <param name="Close">The peer whose connection is to be closed for this reason; null = none.</param>
internal readonly record struct SchedulerEffect(EffectLevel Level, string Text, SchedulerPeer? Close);
