using System.Runtime.InteropServices;
using TaskGraph.Diagnostics;
using TaskGraph.Worker.Command;
using TaskGraph.Worker.Nanny;

using var stop = new CancellationTokenSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
ParentPipe.WatchIfAsked(() => Stop(null));
try
{
    var settings = new WorkerCommand().Read(args);
    if (settings is null)
        return ExitCode.Ok;
    if (settings.IsZeroWorker)
        return await ZeroWorkerProcess.RunAsync(settings, stop.Token);
    return settings.UsesNanny
        ? await NannyProcess.RunAsync(settings, stop.Token)
        : await WorkerProcess.RunAsync(settings, stop.Token);
}
catch (BadInputException e)
{
    Console.Error.WriteLine($"taskgraph-worker: {e.Message}");
    return ExitCode.BadInput;
}

void Stop(PosixSignalContext? context)
{
    if (context is not null)
        context.Cancel = true;
    try
    {
        stop.Cancel();
    }
    catch (ObjectDisposedException)
    {
        // The process is ending already.
    }
}
