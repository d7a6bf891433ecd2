using TaskGraph.Transport;
using TaskGraph.Worker.Nanny;
using TaskGraph.Worker.Server;

namespace TaskGraph.Worker.Command;

/// <summary>Any number of zero workers in this process, from start to exit code.</summary>
internal static class ZeroWorkerProcess
{
    /// <summary>Runs until told to stop, or until one of them has lost the scheduler.</summary>
    public static async Task<int> RunAsync(WorkerSettings settings, CancellationToken stop)
    {
        var workers = new List<ZeroWorker>(settings.Workers);
        try
        {
            var options = await WorkerProcess.OptionsAsync(settings, stop).ConfigureAwait(false);
            for (var i = 0; i < settings.Workers; i++)
            {
                var worker = await ZeroWorker.StartAsync(OfWorker(options, settings, i), stop).ConfigureAwait(false);
                workers.Add(worker);
                Console.Out.WriteLine(
                    $"Worker at: {worker.DataAddress} name={worker.Name} pid={Environment.ProcessId}");
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
            foreach (var worker in workers)
                await worker.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static WorkerServerOptions OfWorker(WorkerServerOptions options, WorkerSettings settings, int index) =>
        options with
        {
            Name = ChildCommand.NameOf(settings, index),
            Listen = options.Listen with { Port = settings.Port == 0 ? 0 : settings.Port + index },
        };
}
