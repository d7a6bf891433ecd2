using Microsoft.Extensions.Logging;
using TaskGraph.Messages;

namespace TaskGraph.Diagnostics;

/// <summary>
/// Passes every entry on, and keeps the last ones so that a client can read them from afar. Entries from
/// <see cref="LogLevel.Information"/> on are kept even where the logger behind it drops them.
/// </summary>
public sealed class LogRing : ILogger
{
    /// <summary>How many entries are kept.</summary>
    public const int Capacity = 10_000;

    private const int MaxCharsPerEntry = 10_000;
    private const int MaxCharsPerReply = 64 << 10;

    private readonly Lock _gate = new();
    private readonly ILogger _next;
    private Entry[] _entries = new Entry[64];
    private long _count;

    /// <summary>A ring in front of <paramref name="next"/>.</summary>
    public LogRing(ILogger next) => _next = next;

    private readonly record struct Entry(long Ticks, LogLevel Level, string Text);

    /// <summary>Scopes are the next logger's.</summary>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _next.BeginScope(state);

    /// <summary>Whether an entry of this level is kept or passed on.</summary>
    public bool IsEnabled(LogLevel logLevel) => IsKept(logLevel) || _next.IsEnabled(logLevel);

    /// <summary>Keeps the entry and passes it on.</summary>
    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsKept(logLevel))
            Keep(logLevel, formatter(state, exception), exception);
        if (_next.IsEnabled(logLevel))
            _next.Log(logLevel, eventId, state, exception, formatter);
    }

    /// <summary>The kept entries from number <paramref name="from"/> on, as many as one reply may hold.</summary>
    public LogReply Read(ulong requestId, long from)
    {
        LogReply reply = new() { RequestId = requestId };
        lock (_gate)
        {
            long number = Math.Max(from, Math.Max(0, _count - Capacity));
            for (int chars = 0; number < _count && chars < MaxCharsPerReply; number++)
            {
                Entry entry = _entries[number % Capacity];
                reply.Times.Add(entry.Ticks);
                reply.Levels.Add((byte)entry.Level);
                reply.Texts.Add(entry.Text);
                chars += entry.Text.Length;
            }

            reply.Next = number < _count ? number : -1;
        }

        return reply;
    }

    /// <summary>
    /// The last kept entries, oldest first: when (UTC), level and text; at most <paramref name="count"/>, and no more than
    /// one reply may hold.
    /// </summary>
    public IReadOnlyList<(DateTime Time, LogLevel Level, string Text)> Tail(int count)
    {
        List<(DateTime Time, LogLevel Level, string Text)> tail = [];
        lock (_gate)
        {
            long oldest = Math.Max(0, _count - Math.Min(count, Capacity));
            int chars = 0;
            for (long number = _count - 1; number >= oldest && chars < MaxCharsPerReply; number--)
            {
                Entry entry = _entries[number % Capacity];
                tail.Add((new DateTime(entry.Ticks, DateTimeKind.Utc), entry.Level, entry.Text));
                chars += entry.Text.Length;
            }
        }

        tail.Reverse();
        return tail;
    }

    private static bool IsKept(LogLevel level) => level is >= LogLevel.Information and not LogLevel.None;

    private void Keep(LogLevel level, string text, Exception? exception)
    {
        if (exception is not null)
            text += Environment.NewLine + exception;
        if (text.Length > MaxCharsPerEntry)
            text = string.Concat(text.AsSpan(0, MaxCharsPerEntry), "…");
        lock (_gate)
        {
            if (_count == _entries.Length && _count < Capacity)
                Array.Resize(ref _entries, (int)Math.Min(Capacity, _count * 2));
            _entries[_count++ % Capacity] = new Entry(DateTime.UtcNow.Ticks, level, text);
        }
    }
}
