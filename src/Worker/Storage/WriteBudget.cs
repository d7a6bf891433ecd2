using System.Globalization;

namespace TaskGraph.Worker.Storage;

/// <summary>
/// How much may be written per time, for disks that wear out: a bucket of one period's bytes that refills steadily. A
/// write may overdraw it once, and the next waits until that is paid back.
/// </summary>
/// <param name="bytes">Bytes per period.</param>
/// <param name="periodSeconds">The period.</param>
internal sealed class WriteBudget(long bytes, int periodSeconds)
{
    private static readonly (string Name, int Seconds)[] s_periods =
        [("s", 1), ("min", 60), ("h", 3_600), ("day", 86_400)];

    private double _available = bytes;
    private long _lastUs;

    /// <summary>Reads <c>20GB/day</c>, <c>5MiB/s</c>, <c>2GiB/h</c>.</summary>
    public static bool TryParse(string text, out WriteBudget? budget)
    {
        budget = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !ByteSize.TryParse(text[..slash], out var size) || size.Bytes <= 0)
            return false;
        foreach (var (name, seconds) in s_periods)
        {
            if (text[(slash + 1)..].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                budget = new WriteBudget(size.Bytes, seconds);
        }

        return budget is not null;
    }

    /// <summary>The budget as <see cref="TryParse"/> reads it.</summary>
    public override string ToString()
    {
        var period = Array.Find(s_periods, period => period.Seconds == periodSeconds).Name;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes}/{period}");
    }

    /// <summary>How long to wait, in µs, before something may be written; 0 = now.</summary>
    public long WaitUs(long nowUs)
    {
        var perUs = bytes / (periodSeconds * 1e6);
        _available = Math.Min(bytes, _available + ((nowUs - _lastUs) * perUs));
        _lastUs = nowUs;
        return _available > 0 ? 0 : (long)(-_available / perUs) + 1;
    }

    /// <summary>So many bytes have been written.</summary>
    public void Spend(long count) => _available -= count;
}
