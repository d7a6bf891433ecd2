namespace TaskGraph.Collections;

/// <summary>
/// A run of bytes of a file. When it is exact, rows begin at both ends. Otherwise it owns the rows that begin in
/// it: a row that an end falls into belongs to the range where it begins.
/// </summary>
/// <param name="Start">The first byte, in the uncompressed file.</param>
/// <param name="End">The byte after the last.</param>
/// <param name="IsExact">Whether rows begin at both ends.</param>
/// <param name="FirstLine">The line number at the start, from 1; 0 when it is not known.</param>
internal readonly record struct CsvRange(long Start, long End, bool IsExact, long FirstLine);
