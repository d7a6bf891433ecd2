using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// Asks the processor to bring memory nearer that will be needed soon. Graphs are met in any order, so that without it
/// every row and edge is waited for; a batch says beforehand which ones come next. Nothing where there is no such
/// instruction.
/// </summary>
internal static unsafe class CacheHint
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WillNeed<T>(ref T place)
        where T : unmanaged
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref place));
    }
}
