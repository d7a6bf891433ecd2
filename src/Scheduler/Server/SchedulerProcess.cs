using System.Runtime.InteropServices;
using TaskGraph.Diagnostics;

namespace TaskGraph.Scheduler.Server;

/// <summary>The scheduler as a process: files for others, signals, exit code.</summary>
internal static class SchedulerProcess
{
    /// <summary>Serves until a signal, a client's shutdown, or the end of the parent; returns the exit code.</summary>
    public static async Task<int> ServeAsync(SchedulerServer server, string? schedulerFile, string? pidFile)
    {
        TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        ParentPipe.WatchIfAsked(() => stop.TrySetResult());
        string naming = $"--pid-file {pidFile}";
        try
        {
            using PidFile pid = PidFile.Write(pidFile);
            naming = $"--scheduler-file {schedulerFile}";
            if (schedulerFile is not null)
                SchedulerFile.Write(schedulerFile, server);
            Console.WriteLine($"Scheduler at: {server.Address}");
            Task ended = await Task.WhenAny(stop.Task, server.Completion);
            if (ended.Exception?.InnerException is TaskGraphException e)
                Console.Error.WriteLine($"taskgraph-scheduler: {e.Message}");
            if (schedulerFile is not null)
                SchedulerFile.Remove(schedulerFile, server);
            return ended.IsCompletedSuccessfully ? 0 : 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return SchedulerCommand.Complain($"{naming}: {e.Message}");
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }
    }
}
