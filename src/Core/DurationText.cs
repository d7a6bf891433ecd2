using System.Globalization;

namespace TaskGraph;

/// <summary>
/// Durations as people write them: <c>60</c> (seconds), <c>5s</c>, <c>2m</c>, <c>1h</c>, <c>500ms</c>.
/// </summary>
public static class DurationText
{
    private static readonly (string Name, double Seconds)[] s_units =
    [
        ("", 1), ("s", 1), ("sec", 1), ("seconds", 1), ("ms", 1e-3), ("m", 60), ("min", 60), ("minutes", 60),
        ("h", 3600), ("hours", 3600), ("d", 86400),
    ];

    /// <summary>Reads a duration.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var trimmed = text.AsSpan().Trim();
        var digits = 0;
        while (digits < trimmed.Length && (char.IsAsciiDigit(trimmed[digits]) || trimmed[digits] == '.'))
            digits++;
        if (!double.TryParse(trimmed[..digits], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return false;
        var unit = trimmed[digits..].Trim();
        foreach (var (name, seconds) in s_units)
        {
            if (!unit.Equals(name, StringComparison.OrdinalIgnoreCase))
                continue;
            if (number * seconds > TimeSpan.FromDays(3650).TotalSeconds)
                return false;
            duration = TimeSpan.FromSeconds(number * seconds);
            return true;
        }

        return false;
    }
}
