namespace TaskGraph.Worker.Machine;

/// <summary>A task was about to go where the transition table has no row: a defect in the machine.</summary>
internal sealed class InvalidTransitionException(TaskId task, WorkerTaskState from, WorkerTaskState to, string story)
    : InvalidOperationException($"Task {task} cannot go from {from} to {to}. What happened to it:\n{story}");
