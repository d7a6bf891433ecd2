using Microsoft.Extensions.Logging;
using TaskGraph.Diagnostics;
using TaskGraph.Worker.Command;

namespace TaskGraph.Worker.Nanny;

/// <summary>The parent of N worker processes: starts each again when it dies, and says why it died.</summary>
internal sealed class NannyProcess(WorkerSettings settings, ILogger logger)
{
    /// <summary>Runs until told to stop, or until no child is to be started again.</summary>
    public static async Task<int> RunAsync(WorkerSettings settings, CancellationToken stop)
    {
        var nanny = new NannyProcess(settings, new StderrLogger("nanny", settings.LogLevel));
        var children = new Task<int>[settings.Workers];
        for (var index = 0; index < children.Length; index++)
            children[index] = nanny.KeepAsync(index, stop);
        var codes = await Task.WhenAll(children).ConfigureAwait(false);
        return codes.Max();
    }

    private async Task<int> KeepAsync(int index, CancellationToken stop)
    {
        var delay = new RestartDelay();
        while (true)
        {
            using var child = Child.Start(
                ChildCommand.Create(settings, index),
                settings.MemoryLimitBytes,
                Console.Out.WriteLine,
                Console.Error.WriteLine,
                logger);
            var code = await child.WaitAsync(stop).ConfigureAwait(false);
            if (stop.IsCancellationRequested || code == ExitCode.Ok)
                return ExitCode.Ok;
            if (code == ExitCode.NoScheduler)
                return ExitCode.Failed;
            if (code == ExitCode.BadInput)
                return ExitCode.BadInput;
            var pause = delay.After(child.Lived);
            Tell(index, child, code, pause);
            await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
                return ExitCode.Ok;
        }
    }

    private void Tell(int index, Child child, int code, TimeSpan pause)
    {
        var name = ChildCommand.NameOf(settings, index);
        var lines = child.LastLines.ToArray();
        Console.Out.WriteLine(
            $"Worker died: name={(name.Length > 0 ? name : $"#{index}")} pid={child.ProcessId} exit={code} "
            + $"({ExitReason.Of(code)}); restarting in {pause.TotalSeconds:0.0} s");
        logger.LogError(
            "Worker {Name} (process {ProcessId}) died: {Reason}. Starting it again in {Pause:0.0} s. "
            + "Its last lines:\n{Lines}",
            name.Length > 0 ? name : $"#{index}",
            child.ProcessId,
            ExitReason.Of(code),
            pause.TotalSeconds,
            lines.Length > 0 ? string.Join('\n', lines) : "(it wrote nothing to standard error)");
    }
}
