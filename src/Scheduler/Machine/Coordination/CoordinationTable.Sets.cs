using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Locks that are taken several at once.</content>
internal sealed partial class CoordinationTable
{
    /// <summary>Who waits for several locks at once; null = nobody.</summary>
    public LockSets? Sets => (LockSets?)_objects.GetValueOrDefault((SharedKind.LockSet, ""));

    /// <summary>The lock of a name, made if there is none.</summary>
    public LeasePool LockNamed(string name) =>
        (LeasePool)Find(new CoordinationCall { Target = SharedKind.Lock, Name = name });
}
