using System.Runtime.InteropServices;
using TaskGraph.Configuration;
using TaskGraph.Diagnostics;
using TaskGraph.Worker.Command;
using TaskGraph.Worker.Nanny;

using var signals = new StopSignals();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
ParentPipe.WatchIfAsked(signals.AskToStop);
try
{
    var settings = new WorkerCommand(ConfigurationValues.Load()).Read(args);
    if (settings is null)
        return ExitCode.Ok;
    using var pid = WritePid(settings.PidFile);
    if (settings.IsZeroWorker)
        return await ZeroWorkerProcess.RunAsync(settings, signals.Leave);
    return settings.UsesNanny
        ? await NannyProcess.RunAsync(settings, signals)
        : await WorkerProcess.RunAsync(settings, signals);
}
catch (Exception e) when (e is BadInputException or ConfigurationException)
{
    Console.Error.WriteLine($"taskgraph-worker: {e.Message}");
    return ExitCode.BadInput;
}

static PidFile WritePid(string? path)
{
    try
    {
        return PidFile.Write(path);
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
    {
        throw new BadInputException($"--pid-file {path}: {e.Message}");
    }
}

void OnSignal(PosixSignalContext context)
{
    context.Cancel = true;
    signals.OnSignal();
}
