using System.Collections.Concurrent;

namespace TaskGraph.Tests.Faults;

/// <summary>What tests have measured: shown beside their rows' results, asserted nowhere.</summary>
internal static class Figures
{
    private static readonly ConcurrentDictionary<int, ConcurrentQueue<string>> s_figures = new();

    /// <summary>Adds a figure to a row.</summary>
    public static void Note(int row, FormattableString figure)
        => s_figures.GetOrAdd(row, static _ => new()).Enqueue(FormattableString.Invariant(figure));

    /// <summary>A row's figures, separated by semicolons.</summary>
    public static string Of(int row) => s_figures.TryGetValue(row, out var figures) ? string.Join("; ", figures) : "";
}
