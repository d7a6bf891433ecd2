using System.Runtime.InteropServices;
using TaskGraph.Diagnostics;
using TaskGraph.Worker.Command;
using TaskGraph.Worker.Nanny;

using var signals = new StopSignals();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
ParentPipe.WatchIfAsked(signals.AskToStop);
try
{
    var settings = new WorkerCommand().Read(args);
    if (settings is null)
        return ExitCode.Ok;
    if (settings.IsZeroWorker)
        return await ZeroWorkerProcess.RunAsync(settings, signals.Leave);
    return settings.UsesNanny
        ? await NannyProcess.RunAsync(settings, signals)
        : await WorkerProcess.RunAsync(settings, signals);
}
catch (BadInputException e)
{
    Console.Error.WriteLine($"taskgraph-worker: {e.Message}");
    return ExitCode.BadInput;
}

void OnSignal(PosixSignalContext context)
{
    context.Cancel = true;
    signals.OnSignal();
}
