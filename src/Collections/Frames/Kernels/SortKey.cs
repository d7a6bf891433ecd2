namespace TaskGraph.Collections;

/// <summary>A column to sort by.</summary>
/// <param name="Column">The column's name.</param>
/// <param name="Descending">Whether great values come first. Nulls are last either way.</param>
public readonly record struct SortKey(string Column, bool Descending = false);
