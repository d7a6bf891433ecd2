using Microsoft.Extensions.Logging;

namespace TaskGraph;

/// <summary>One log entry of a scheduler or worker.</summary>
/// <param name="Time">When it was written, by that machine's clock.</param>
/// <param name="Level">How loud.</param>
/// <param name="Text">Its text, with the exception's below it if there was one.</param>
public sealed record LogRecord(DateTime Time, LogLevel Level, string Text)
{
    /// <summary>Time, level and text, as in the process's own log.</summary>
    public override string ToString() => $"{Time:yyyy-MM-ddTHH:mm:ss.fffZ} {Level} {Text}";
}
