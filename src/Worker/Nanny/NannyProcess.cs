using Microsoft.Extensions.Logging;
using TaskGraph.Diagnostics;
using TaskGraph.Worker.Command;
using TaskGraph.Worker.Execution;

namespace TaskGraph.Worker.Nanny;

/// <summary>The parent of N worker processes: starts each again when it dies, and says why it died.</summary>
internal sealed class NannyProcess(WorkerSettings settings, ILogger logger)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Runs until told to end, or until no child is to be started again.</summary>
    public static async Task<int> RunAsync(WorkerSettings settings, StopSignals signals)
    {
        var nanny = new NannyProcess(settings, new StderrLogger("nanny", settings.LogLevel));
        var children = new Task<int>[settings.Workers];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Stop);
        // Children end by themselves when they have left; one that does not is ended.
        await using var patience = signals.Leave.Register(
            () => stop.CancelAfter(settings.LeaveTimeout + s_patience)).ConfigureAwait(false);
        for (var index = 0; index < children.Length; index++)
            children[index] = nanny.KeepAsync(index, signals.Leave, stop.Token);
        var codes = await Task.WhenAll(children).ConfigureAwait(false);
        return codes.Max();
    }

    private async Task<int> KeepAsync(int index, CancellationToken leave, CancellationToken stop)
    {
        var delay = new RestartDelay();
        Predecessor? predecessor = null;
        while (true)
        {
            using var board = RunBoard.TryCreate();
            using var child = Child.Start(
                ChildCommand.Create(settings, index, predecessor, board?.Path),
                settings,
                Console.Out.WriteLine,
                Console.Error.WriteLine,
                logger);
            var code = await child.WaitAsync(leave, stop).ConfigureAwait(false);
            predecessor = null;
            if (leave.IsCancellationRequested || code == ExitCode.Ok)
                return ExitCode.Ok;
            if (code == ExitCode.NoScheduler)
                return ExitCode.Failed;
            if (code == ExitCode.BadInput)
                return ExitCode.BadInput;
            if (code == ExitCode.Stuck)
            {
                TellStuck(index, child);
                continue;
            }

            if (code == ExitCode.Restart)
            {
                logger.LogInformation("Worker process {ProcessId} has ended to be replaced", child.ProcessId);
                continue;
            }

            var pause = delay.After(child.Lived, child.HasJoined);
            Tell(index, child, code, pause);
            var running = Predecessor.Join(board?.Read());
            predecessor = new Predecessor(child.ProcessId, child.IsEndedForMemory(code), child.Reason(code), running);
            await Task.Delay(pause, leave).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (leave.IsCancellationRequested)
                return ExitCode.Ok;
        }
    }

    private void TellStuck(int index, Child child)
    {
        var name = ChildCommand.NameOf(settings, index);
        Console.Out.WriteLine(
            $"Worker replaced: name={(name.Length > 0 ? name : $"#{index}")} pid={child.ProcessId} exit={ExitCode.Stuck} "
            + $"({ExitReason.Of(ExitCode.Stuck)}): {child.LastLines.ToArray().LastOrDefault()}");
    }

    private void Tell(int index, Child child, int code, TimeSpan pause)
    {
        var name = ChildCommand.NameOf(settings, index);
        var lines = child.LastLines.ToArray();
        Console.Out.WriteLine(
            $"Worker died: name={(name.Length > 0 ? name : $"#{index}")} pid={child.ProcessId} exit={code} "
            + $"({child.Reason(code)}); restarting in {pause.TotalSeconds:0.0} s");
        logger.LogError(
            "Worker {Name} (process {ProcessId}) died: {Reason}. Starting it again in {Pause:0.0} s. "
            + "Its last lines:\n{Lines}",
            name.Length > 0 ? name : $"#{index}",
            child.ProcessId,
            child.Reason(code),
            pause.TotalSeconds,
            lines.Length > 0 ? string.Join('\n', lines) : "(it wrote nothing to standard error)");
    }
}
