using TaskGraph.Messages;

namespace TaskGraph.Worker.Machine;

/// <summary>How a run ended.</summary>
internal struct RunOutcome
{
    /// <summary>Row and serial as given by the Execute instruction.</summary>
    public int Row;
    public int Serial;

    /// <summary>Bytes of the value, if the run succeeded.</summary>
    public long Bytes;

    /// <summary>Microseconds that the function ran.</summary>
    public int DurationUs;

    /// <summary>The encoded value if it is small and wanted at once.</summary>
    public byte[]? Inline;

    /// <summary>Why it failed; null = it succeeded.</summary>
    public TaskError? Error;
}

/// <summary>What became of a value that was to be written to disk.</summary>
internal enum StoreOutcome : byte
{
    /// <summary>It is on disk.</summary>
    Stored,

    /// <summary>The disk is full, fails, or may not be written to for the time being.</summary>
    NoRoom,

    /// <summary>The value cannot be encoded: it can only be in memory.</summary>
    NotEncodable,
}

/// <summary>What became of one value of a request.</summary>
internal enum FetchStatus : byte
{
    /// <summary>The peer could not be reached, or the connection was cut before the value came.</summary>
    Unreachable,

    /// <summary>The value is here.</summary>
    Found,

    /// <summary>The peer has not got it.</summary>
    Missing,

    /// <summary>The peer has too much to do.</summary>
    Busy,
}

/// <summary>How a request ended: one status per value, in the order of the request.</summary>
internal class FetchOutcome(int requestId, int count)
{
    /// <summary>The machine's number of the request.</summary>
    public int RequestId { get; } = requestId;

    /// <summary>Per value: what became of it.</summary>
    public FetchStatus[] Statuses { get; } = new FetchStatus[count];

    /// <summary>Per value found: its bytes.</summary>
    public long[] Bytes { get; } = new long[count];
}
