using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace TaskGraph.Transport.Tests;

/// <summary>Log lines to wait for.</summary>
internal sealed class TestLog : ILogger
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public ValueTask<string> NextAsync() => _lines.Reader.ReadAsync();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Assert.True(_lines.Writer.TryWrite(formatter(state, exception)));
}
