using System.Runtime.InteropServices;

namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// The hot part of a task: 64 bytes without references, so that the collector has nothing to walk. Links are indexes
/// into other tables; −1 = none. Fields that never live at the same time share their bytes. What other tasks ask for in
/// passing lies apart, in columns of <see cref="TaskTable"/>.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct TaskRow
{
    /// <summary>Smaller runs first.</summary>
    [FieldOffset(0)] public long Priority;

    /// <summary>In Memory: bytes of the value.</summary>
    [FieldOffset(8)] public long Bytes;

    /// <summary>In Processing: the task given to the same worker after this one.</summary>
    [FieldOffset(8)] public int NextAssigned;

    /// <summary>In Processing: the task given to the same worker before this one.</summary>
    [FieldOffset(12)] public int PreviousAssigned;

    /// <summary>Id of the submission that made the row.</summary>
    [FieldOffset(16)] public ulong SubmissionId;

    /// <summary>Number of that submission.</summary>
    [FieldOffset(24)] public int Submission;

    /// <summary>Place in the submission.</summary>
    [FieldOffset(28)] public int Index;

    /// <summary>Number of the function; −1 = data put there by a client.</summary>
    [FieldOffset(32)] public int Function;

    /// <summary>Number of the blob that holds the arguments.</summary>
    [FieldOffset(36)] public int Blob;

    /// <summary>Where the arguments start in the blob: four bytes of length, then the bytes.</summary>
    [FieldOffset(40)] public int ArgumentsOffset;

    /// <summary>In Processing: the worker that runs it. In Memory: the first holder.</summary>
    [FieldOffset(44)] public int Worker;

    /// <summary>How often the task was dispatched.</summary>
    [FieldOffset(48)] public int Attempt;

    /// <summary>First of its dependency edges, which lie side by side.</summary>
    [FieldOffset(52)] public int FirstDependency;

    [FieldOffset(56)] public int DependencyCount;

    /// <summary>Set through <see cref="TaskTable.SetState"/> alone.</summary>
    [FieldOffset(60)] public TaskState State;

    /// <summary>Grows with each use of the row, so that entries of queues cannot mean a later task.</summary>
    [FieldOffset(61)] public byte Generation;

    [FieldOffset(62)] public TaskFlags Flags;

    public readonly TaskId Id => new(SubmissionId, Index);

    public readonly bool Has(TaskFlags flag) => (Flags & flag) != 0;

    /// <summary>Whether the task needs its inputs: Waiting, Queued, NoWorker or Processing.</summary>
    public readonly bool IsActive => State is >= TaskState.Waiting and <= TaskState.Processing;
}
