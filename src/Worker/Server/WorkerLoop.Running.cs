using System.Diagnostics;
using TaskGraph.Worker.Execution;

namespace TaskGraph.Worker.Server;

/// <content>What runs, for those who ask from outside the loop.</content>
internal sealed partial class WorkerLoop
{
    /// <summary>The runs that have started and not ended, by when they started. Safe on any thread: a picture only.</summary>
    public IReadOnlyList<RunningTask> RunningTasks()
    {
        var running = new List<RunningTask>();
        foreach (var run in Volatile.Read(ref _runs))
        {
            if (run is not { State: RunState.Started, StartedTicks: > 0 })
                continue;
            running.Add(new RunningTask(
                run.Key, run.Function.Name, Stopwatch.GetElapsedTime(run.StartedTicks), WhereIs(run)));
        }

        running.Sort(static (a, b) => b.Elapsed.CompareTo(a.Elapsed));
        return running;
    }

    private static string WhereIs(TaskRun run) => (run.IsOnThread, run.HoldsSlot) switch
    {
        (true, true) => "on a thread of the worker's",
        (true, false) => "on a thread of its own, without a slot",
        (false, true) => "awaiting, with a slot",
        _ => "awaiting, without a slot",
    };
}
