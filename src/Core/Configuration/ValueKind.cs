using System.Globalization;
using TaskGraph.Diagnostics;

namespace TaskGraph.Configuration;

/// <summary>How a configuration value is written.</summary>
public enum ValueKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A whole number from 0 on.</summary>
    Count,

    /// <summary>A number of bytes, as "2GiB".</summary>
    Size,

    /// <summary>A time, as "5s", "2m" or a number of seconds.</summary>
    Duration,

    /// <summary>A number above 0 and at most 1.</summary>
    Share,

    /// <summary>true or false.</summary>
    Switch,

    /// <summary>One of the words of <see cref="StderrLogger.LevelNames"/>.</summary>
    LogLevel,
}

/// <summary>Whether a text is a value of a kind.</summary>
internal static class ValueKinds
{
    /// <summary>How such a value is written, if <paramref name="text"/> is none; null = it is one. Empty unsets.</summary>
    public static string? Problem(ValueKind kind, string text) => text.Length == 0 ? null : kind switch
    {
        ValueKind.Text => null,
        ValueKind.Count => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? null : "a whole number",
        ValueKind.Size => ByteSize.TryParse(text, out _) ? null : "a size such as 2GiB",
        ValueKind.Duration => DurationText.TryParse(text, out _) ? null : "a time such as 5s, 2m or 1h",
        ValueKind.Share => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share)
            && share is > 0 and <= 1 ? null : "a number above 0 and at most 1",
        ValueKind.Switch => bool.TryParse(text, out _) ? null : "true or false",
        ValueKind.LogLevel => StderrLogger.TryParseLevel(text, out _)
            ? null : "one of " + string.Join(", ", StderrLogger.LevelNames),
    };
}
