namespace TaskGraph.Collections;

/// <summary>Whole rows of a file, in memory.</summary>
/// <param name="Range">Where they stand in the file.</param>
/// <param name="Bytes">The rows.</param>
internal readonly record struct CsvBlock(CsvRange Range, ReadOnlyMemory<byte> Bytes);
