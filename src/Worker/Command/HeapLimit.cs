using System.Globalization;

namespace TaskGraph.Worker.Command;

/// <summary>
/// The runtime's own heap limit, so that a runaway task fails with OutOfMemoryException before the process grows to
/// the point where the nanny ends it. Equal to the memory limit it would never fire first: native memory counts too.
/// </summary>
internal static class HeapLimit
{
    /// <summary>The variable that sets the limit of a child; its value is hexadecimal.</summary>
    public const string Variable = "DOTNET_GCHeapHardLimit";

    private const long NativeShare = 64 << 20;

    /// <summary>The heap limit that goes with a memory limit, in bytes.</summary>
    public static long For(long memoryLimitBytes) => (long)(memoryLimitBytes * 0.95) - NativeShare;

    /// <summary>The value of <see cref="Variable"/>.</summary>
    public static string ToVariable(long memoryLimitBytes) =>
        For(memoryLimitBytes).ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Sets the limit of this very process, unless it was started with one.</summary>
    public static void SetHere(long memoryLimitBytes)
    {
        if (memoryLimitBytes == 0 || Environment.GetEnvironmentVariable(Variable) is { Length: > 0 })
            return;
        AppContext.SetData("GCHeapHardLimit", (ulong)For(memoryLimitBytes));
        GC.RefreshMemoryLimit();
    }
}
