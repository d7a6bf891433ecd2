using System.Globalization;
using Microsoft.Extensions.Logging;

namespace TaskGraph.Diagnostics;

/// <summary>
/// Writes one line per entry to standard error: UTC time, level, category, message. The logger of the executables,
/// whose standard output is kept for what other programs read.
/// </summary>
public sealed class StderrLogger : ILogger
{
    private readonly string _category;
    private readonly LogLevel _least;
    private readonly TextWriter _writer;

    /// <summary>A logger for <paramref name="category"/> that drops entries below <paramref name="least"/>.</summary>
    public StderrLogger(string category, LogLevel least)
        : this(category, least, Console.Error)
    {
    }

    /// <summary>A logger that writes to <paramref name="writer"/>.</summary>
    public StderrLogger(string category, LogLevel least, TextWriter writer)
    {
        _category = category;
        _least = least;
        _writer = writer;
    }

    /// <summary>The words that <c>--log-level</c> takes, from most to least talkative.</summary>
    public static IReadOnlyList<string> LevelNames { get; } =
        ["trace", "debug", "info", "warning", "error", "critical", "none"];

    /// <summary>Reads one of <see cref="LevelNames"/>, in any case; "information" and "warn" are understood too.</summary>
    public static bool TryParseLevel(string text, out LogLevel level)
    {
        string word = text.Trim().ToLowerInvariant();
        word = word switch { "information" => "info", "warn" => "warning", _ => word };
        for (int i = 0; i < LevelNames.Count; i++)
        {
            if (LevelNames[i] == word)
            {
                level = (LogLevel)i;
                return true;
            }
        }

        level = LogLevel.None;
        return false;
    }

    /// <summary>Scopes are not written.</summary>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <summary>Whether entries of <paramref name="logLevel"/> are written.</summary>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= _least && logLevel != LogLevel.None;

    /// <summary>Writes one entry, with the exception's text below it if there is one.</summary>
    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        string time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        string line = $"{time} {LevelNames[(int)logLevel],-8} {_category}: {formatter(state, exception)}";
        if (exception is not null)
            line += Environment.NewLine + exception;

        // One call per entry: threads' lines do not mix.
        _writer.WriteLine(line);
    }
}
