using System.Globalization;
using Microsoft.Extensions.Logging;

namespace TaskGraph;

/// <summary>Log records of a task become events of the topic "log".</summary>
internal sealed class TopicLogger(TaskContext context) : ILogger
{
    private const int MaxText = 16_000;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var text = formatter(state, exception);
        if (exception is not null)
            text = $"{text}: {exception}";
        context.LogEvent(
            Topics.Log,
            string.Create(CultureInfo.InvariantCulture, $"{(int)logLevel} {(text.Length > MaxText ? text[..MaxText] : text)}"));
    }
}
