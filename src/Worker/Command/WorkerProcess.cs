using System.Security.Cryptography;
using TaskGraph.Diagnostics;
using TaskGraph.Transport;
using TaskGraph.Worker.Server;
using TaskGraph.Worker.Storage;

namespace TaskGraph.Worker.Command;

/// <summary>One worker in this process, from start to exit code.</summary>
internal static class WorkerProcess
{
    /// <summary>Begins the line of standard output that tells who has joined.</summary>
    public const string JoinedLine = "Worker at: ";

    private static readonly TimeSpan s_restartGrace = TimeSpan.FromSeconds(2);

    /// <summary>Runs until told to end.</summary>
    public static async Task<int> RunAsync(WorkerSettings settings, StopSignals signals)
    {
        HeapLimit.SetHere(settings.MemoryLimitBytes);
        if (settings.IsChild)
        {
            KernelPreference.OfferThisProcess();
            _ = NannyPipe.WatchAsync(signals);
        }

        try
        {
            // Before it has joined there is nothing to leave in order.
            await using var worker = await StartAsync(settings, signals.Leave).ConfigureAwait(false);
            Console.Out.WriteLine($"{JoinedLine}{worker.DataAddress} name={worker.Name} pid={Environment.ProcessId}");
            return await ServeAsync(worker, settings, signals).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (signals.Leave.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
        catch (SchedulerUnreachableException e)
        {
            Console.Error.WriteLine(e.Message);
            return settings.IsChild ? ExitCode.NoScheduler : ExitCode.Failed;
        }
        catch (WorkerRestartException)
        {
            return ExitCode.Restart;
        }
        catch (WorkerStuckException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Stuck;
        }
        catch (WorkerBrokenException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
        catch (ListenException e)
        {
            throw new BadInputException(e.Message);
        }
    }

    /// <summary>What the command line means for a worker here; reads the scheduler file if one is named.</summary>
    public static async Task<WorkerServerOptions> OptionsAsync(WorkerSettings settings, CancellationToken cancellation)
    {
        var scheduler = settings.Scheduler is { } text
            ? Address.Parse(text)
            : await SchedulerFile.ReadAsync(settings.SchedulerFile!, settings.DeathTimeout, cancellation)
                .ConfigureAwait(false);
        var host = settings.Host
            ?? (settings.IsInsecure ? await LocalAddress.FacingAsync(scheduler, cancellation).ConfigureAwait(false)
                : "127.0.0.1");
        var isAny = host is "0.0.0.0" or "::";
        return new WorkerServerOptions
        {
            Scheduler = scheduler,
            Listen = new Address(Address.Tcp, host, settings.Port),
            LastPort = settings.LastPort,
            ContactPort = settings.ContactPort,
            ContactHost = settings.ContactHost ?? (isAny
                ? await LocalAddress.FacingAsync(scheduler, cancellation).ConfigureAwait(false)
                : null),
            Name = settings.Name,
            Threads = settings.Threads,
            Resources = settings.Resources,
            MemoryLimitBytes = settings.MemoryLimitBytes,
            LocalDirectory = settings.LocalDirectory,
            MaxSpillBytes = settings.MaxSpillBytes,
            SpillWriteBudget = WriteBudget.TryParse(settings.SpillWriteBudget ?? "", out var budget) ? budget : null,
            MemoryShares = settings.MemoryShares,
            MaxRequests = settings.MaxRequests,
            MaxServedBytes = settings.MaxServedBytes,
            MaxErrorLength = settings.MaxErrorLength,
            CancelGrace = settings.CancelGrace,
            DeathTimeout = settings.DeathTimeout,
            AllowInsecure = settings.IsInsecure,
            EndsToRestart = settings.IsChild,
            Predecessor = settings.Predecessor,
            Board = Execution.RunBoard.TryOpen(settings.RunBoard),
            Logger = new StderrLogger("worker", settings.LogLevel),
        };
    }

    private static async Task<WorkerServer> StartAsync(WorkerSettings settings, CancellationToken cancellation)
    {
        var options = await OptionsAsync(settings, cancellation).ConfigureAwait(false);
        return await WorkerServer.StartAsync(options, cancellation).ConfigureAwait(false);
    }

    private static async Task<int> ServeAsync(WorkerServer worker, WorkerSettings settings, StopSignals signals)
    {
        var over = Task.Delay(Lifetime(settings), signals.Leave);
        await Task.WhenAny(worker.Completion, over).ConfigureAwait(false);
        if (worker.Completion.IsCompleted)
        {
            await EndAsync(worker).ConfigureAwait(false);
            return ExitCode.Ok;
        }

        if (signals.Stop.IsCancellationRequested)
            return ExitCode.Ok;
        var reason = over.IsCanceled ? "it was asked to end" : "its lifetime is over";
        await worker.LeaveAsync(reason, settings.LeaveTimeout, signals.Stop).ConfigureAwait(false);
        return over.IsCanceled || !settings.RestartsAfterLifetime ? ExitCode.Ok : ExitCode.Restart;
    }

    private static TimeSpan Lifetime(WorkerSettings settings)
    {
        if (settings.Lifetime is not { } lifetime)
            return Timeout.InfiniteTimeSpan;
        var part = (RandomNumberGenerator.GetInt32(-1000, 1001) / 1000.0) * settings.LifetimeStagger;
        return lifetime + part > TimeSpan.Zero ? lifetime + part : TimeSpan.Zero;
    }

    /// <summary>Passes on how the worker ended; what its tasks still do must not hold the process.</summary>
    private static async Task EndAsync(WorkerServer worker)
    {
        int? code = worker.Completion.Exception?.InnerException switch
        {
            WorkerRestartException => ExitCode.Restart,
            WorkerStuckException => ExitCode.Stuck,
            _ => null,
        };
        if (code is { } exit)
            _ = Task.Delay(s_restartGrace).ContinueWith(_ => Environment.Exit(exit), TaskScheduler.Default);
        await worker.Completion.ConfigureAwait(false);
    }
}
