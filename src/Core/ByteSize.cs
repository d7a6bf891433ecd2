using System.Globalization;

namespace TaskGraph;

/// <summary>A number of bytes as people write it: <c>2GiB</c>, <c>"11 GB"</c>, <c>500MB</c>, <c>4e9</c>.</summary>
/// <param name="Bytes">The number of bytes.</param>
public readonly record struct ByteSize(long Bytes)
{
    private static readonly (string Name, double Factor)[] s_units =
    [
        ("", 1), ("b", 1),
        ("k", 1e3), ("kb", 1e3), ("m", 1e6), ("mb", 1e6), ("g", 1e9), ("gb", 1e9), ("t", 1e12), ("tb", 1e12),
        ("ki", 1L << 10), ("kib", 1L << 10), ("mi", 1L << 20), ("mib", 1L << 20),
        ("gi", 1L << 30), ("gib", 1L << 30), ("ti", 1L << 40), ("tib", 1L << 40),
    ];

    /// <summary>Reads a size; upper and lower case and spaces do not matter.</summary>
    public static bool TryParse(string text, out ByteSize size)
    {
        size = default;
        var trimmed = text.AsSpan().Trim();
        var digits = trimmed.Length;
        while (digits > 0 && !char.IsAsciiDigit(trimmed[digits - 1]) && trimmed[digits - 1] != '.')
            digits--;
        if (!double.TryParse(trimmed[..digits], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return false;
        var unit = trimmed[digits..].Trim();
        foreach (var (name, factor) in s_units)
        {
            if (!unit.Equals(name, StringComparison.OrdinalIgnoreCase))
                continue;
            var bytes = number * factor;
            if (!(bytes >= 0 && bytes < long.MaxValue))
                return false;
            size = new ByteSize((long)bytes);
            return true;
        }

        return false;
    }

    /// <summary>Reads a size.</summary>
    /// <exception cref="FormatException">The text is none; the message says how sizes are written.</exception>
    public static ByteSize Parse(string text) => TryParse(text, out var size)
        ? size
        : throw new FormatException($"'{text}' is no size: write 2GiB, \"11 GB\", 500MB or a number of bytes.");

    /// <summary>
    /// Reads a memory limit of one of <paramref name="workers"/> worker processes: a size, a fraction of the machine
    /// ("0.5"), "auto" (the machine's memory divided by the workers), or "0" or "none" for no limit.
    /// </summary>
    /// <param name="text">The limit as people write it.</param>
    /// <param name="machineBytes">The memory of the machine or container.</param>
    /// <param name="workers">How many worker processes share it.</param>
    /// <returns>The limit in bytes, 0 = none.</returns>
    /// <exception cref="FormatException">The text is no limit; the message says how limits are written.</exception>
    public static long ParseMemoryLimit(string text, long machineBytes, int workers)
    {
        var word = text.Trim();
        if (word.Equals("auto", StringComparison.OrdinalIgnoreCase))
            return machineBytes / Math.Max(1, workers);
        if (word.Equals("none", StringComparison.OrdinalIgnoreCase))
            return 0;
        if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction)
            && fraction is > 0 and <= 1)
            return (long)(machineBytes * fraction);
        return TryParse(word, out var size)
            ? size.Bytes
            : throw new FormatException(
                $"'{text}' is no memory limit: write 2GiB, \"11 GB\", 0.5 (of the machine), auto, or 0 for none.");
    }

    /// <summary>The size in the largest binary unit that leaves a number of at least 1, with one decimal.</summary>
    public override string ToString()
    {
        string[] names = ["B", "KiB", "MiB", "GiB", "TiB"];
        var value = (double)Bytes;
        var unit = 0;
        while (value >= 1024 && unit < names.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {names[unit]}");
    }
}
