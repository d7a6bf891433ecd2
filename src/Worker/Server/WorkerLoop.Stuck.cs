using Microsoft.Extensions.Logging;
using TaskGraph.Worker.Execution;

namespace TaskGraph.Worker.Server;

/// <summary>A run's code holds its thread although it was cancelled or its time was up.</summary>
internal sealed record StuckArrival(TaskRun Run);

/// <content>
/// Functions that do not return: code that runs cannot be ended but with its process. Where a nanny starts a fresh one,
/// the worker takes leave, so that nobody is blamed for what ran beside; elsewhere the thread is lost, and replaced.
/// </content>
internal sealed partial class WorkerLoop
{
    private readonly TimeSpan _grace;
    private readonly bool _endsWhenStuck;

    /// <summary>Which function does not return; empty = all do.</summary>
    public string StuckReason { get; private set; } = "";

    private void TakeStuck(TaskRun run)
    {
        // It may have returned at the last moment.
        if (!run.IsOnThread)
            return;
        var reason = $"task {run.Key} ({run.Function.Name}) was {(run.IsOverdue ? "out of time" : "cancelled")} and its code "
            + $"has not returned within {_grace.TotalSeconds:0.#} s";
        if (!_endsWhenStuck)
        {
            _logger.LogWarning(
                "{Reason}. Without a nanny the process lives on with it: one thread and what it holds are lost "
                + "(let functions look at their CancellationToken)",
                reason);
            return;
        }

        _logger.LogError("{Reason}: this process ends, and its nanny starts a fresh one", reason);
        StuckReason = reason;
        _stopReason ??= Goodbyes.Stuck;
    }
}
