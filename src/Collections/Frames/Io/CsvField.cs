namespace TaskGraph.Collections;

/// <summary>Where a field's bytes are, without its quotes.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="End">The byte after the last.</param>
/// <param name="Form">How it was written.</param>
internal readonly record struct CsvField(int Start, int End, CsvFieldForm Form);

/// <summary>How a field was written.</summary>
internal enum CsvFieldForm : byte
{
    /// <summary>Without quotes.</summary>
    Plain,

    /// <summary>In quotes, with nothing escaped.</summary>
    Quoted,

    /// <summary>In quotes, with doubled quotes or escapes inside.</summary>
    Escaped,

    /// <summary>Not there: the row was too short.</summary>
    Missing,
}

/// <summary>What is wrong with a row, if anything.</summary>
internal enum CsvRowFault : byte
{
    None,
    OpenQuote,
    TextAfterQuote,
}
