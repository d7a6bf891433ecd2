namespace TaskGraph.Worker.Machine;

/// <summary>What the machine asks its shell to do.</summary>
internal enum InstructionKind : byte
{
    /// <summary>Hand the task to the executor.</summary>
    Execute,

    /// <summary>Cancel the task's run: its end is still to be reported.</summary>
    CancelRun,

    /// <summary>
    /// Take the task's run back if it has not started; answer by <see cref="WorkerMachine.TakenBack"/>.
    /// </summary>
    TakeBack,

    /// <summary>Keep the value that stands at <see cref="Instruction.Index"/> of the batch just handled.</summary>
    Store,

    /// <summary>Drop the task's value.</summary>
    Drop,

    /// <summary>
    /// Send request <see cref="Instruction.Index"/>; answer by <see cref="WorkerMachine.Handle(FetchOutcome,
    /// long)"/>.
    /// </summary>
    StartFetch,

    /// <summary>
    /// Write the task's value to disk and keep it in memory meanwhile; the index is the ticket. Answer by
    /// <see cref="WorkerMachine.Stored"/>.
    /// </summary>
    Spill,

    /// <summary>The value is on disk: forget it in memory.</summary>
    Evict,

    /// <summary>
    /// Read the task's value from disk; the index is the ticket. Answer by <see cref="WorkerMachine.Loaded"/>.
    /// </summary>
    Load,

    /// <summary>See that function <see cref="Instruction.Index"/> gets loaded, or report that it cannot be.</summary>
    RequestFunction,
}

/// <summary>
/// One instruction. They are carried out in order: a store comes before the runs that need the value.
/// </summary>
/// <param name="Kind">What to do.</param>
/// <param name="Index">See <see cref="InstructionKind"/>.</param>
/// <param name="Row">The task's row.</param>
/// <param name="Task">The task.</param>
internal readonly record struct Instruction(InstructionKind Kind, int Index, int Row, TaskId Task);
