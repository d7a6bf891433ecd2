namespace TaskGraph.Worker.Execution;

/// <summary>
/// A few megabytes held in reserve under a heap limit: given back on the first OutOfMemoryException, so that the
/// failing task can be reported by code that allocates.
/// </summary>
internal static class Ballast
{
    private const int Bytes = 8 << 20;

    private static byte[]? s_held;

    /// <summary>Takes the reserve, if it is not held; nothing happens while memory is short.</summary>
    public static void Take()
    {
        if (Volatile.Read(ref s_held) is not null)
            return;
        try
        {
            Volatile.Write(ref s_held, GC.AllocateUninitializedArray<byte>(Bytes));
        }
        catch (OutOfMemoryException)
        {
            // Still short: the next heartbeat tries again.
        }
    }

    /// <summary>Gives the reserve back.</summary>
    public static void Release() => Volatile.Write(ref s_held, null);
}
