using TaskGraph.Transport;
using TaskGraph.Worker.Nanny;
using TaskGraph.Worker.Server;

namespace TaskGraph.Worker.Command;

/// <summary>Any number of zero workers in this process, from start to exit code.</summary>
internal static class ZeroWorkerProcess
{
    private const int StartedAtOnce = 256;

    /// <summary>Runs until told to stop, or until one of them has lost the scheduler.</summary>
    public static async Task<int> RunAsync(WorkerSettings settings, CancellationToken stop)
    {
        var workers = new List<ZeroWorker>(settings.Workers);
        try
        {
            var options = await WorkerProcess.OptionsAsync(settings, stop).ConfigureAwait(false);
            // Many at once: every worker is introduced to all that are there, once per turn of the scheduler.
            for (var first = 0; first < settings.Workers; first += StartedAtOnce)
            {
                await Task.WhenAll(Enumerable.Range(first, Math.Min(StartedAtOnce, settings.Workers - first))
                    .Select(i => StartAsync(OfWorker(options, settings, i), workers, stop))).ConfigureAwait(false);
            }

            await Task.WhenAny(workers.Select(static worker => worker.Completion)).WaitAsync(stop)
                .ConfigureAwait(false);
            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
        catch (SchedulerUnreachableException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
        catch (ListenException e)
        {
            throw new BadInputException(e.Message);
        }
        finally
        {
            await Task.WhenAll(workers.Select(static worker => worker.DisposeAsync().AsTask())).ConfigureAwait(false);
        }
    }

    private static async Task StartAsync(WorkerServerOptions options, List<ZeroWorker> started, CancellationToken stop)
    {
        var worker = await ZeroWorker.StartAsync(options, stop).ConfigureAwait(false);
        lock (started)
        {
            started.Add(worker);
            Console.Out.WriteLine($"Worker at: {worker.DataAddress} name={worker.Name} pid={Environment.ProcessId}");
        }
    }

    private static WorkerServerOptions OfWorker(WorkerServerOptions options, WorkerSettings settings, int index) =>
        options with
        {
            Name = ChildCommand.NameOf(settings, index),
            Listen = options.Listen with { Port = settings.Port == 0 ? 0 : settings.Port + index },
        };
}
