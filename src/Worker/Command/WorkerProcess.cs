using System.Runtime.InteropServices;
using TaskGraph.Diagnostics;
using TaskGraph.Transport;
using TaskGraph.Worker.Server;

namespace TaskGraph.Worker.Command;

/// <summary>One worker in this process, from start to exit code.</summary>
internal static class WorkerProcess
{
    /// <summary>Runs until told to stop.</summary>
    public static async Task<int> RunAsync(WorkerSettings settings, CancellationToken stop)
    {
        HeapLimit.SetHere(settings.MemoryLimitBytes);
        if (settings.LocalDirectory is { } directory)
            Directory.CreateDirectory(directory);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (settings.IsChild)
            _ = EndWithStandardInputAsync(ending);
        try
        {
            await using var worker = await StartAsync(settings, ending.Token).ConfigureAwait(false);
            Console.Out.WriteLine($"Worker at: {worker.DataAddress} name={worker.Name} pid={Environment.ProcessId}");
            await worker.Completion.WaitAsync(ending.Token).ConfigureAwait(false);
            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
        catch (SchedulerUnreachableException e)
        {
            Console.Error.WriteLine(e.Message);
            return settings.IsChild ? ExitCode.NoScheduler : ExitCode.Failed;
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

    private static async Task<WorkerServer> StartAsync(WorkerSettings settings, CancellationToken cancellation)
    {
        var options = await OptionsAsync(settings, cancellation).ConfigureAwait(false);
        return await WorkerServer.StartAsync(options, cancellation).ConfigureAwait(false);
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
            ContactHost = isAny
                ? await LocalAddress.FacingAsync(scheduler, cancellation).ConfigureAwait(false)
                : null,
            Name = settings.Name,
            Threads = settings.Threads,
            Resources = settings.Resources,
            MemoryLimitBytes = settings.MemoryLimitBytes,
            DeathTimeout = settings.DeathTimeout,
            AllowInsecure = settings.IsInsecure,
            Logger = new StderrLogger("worker", settings.LogLevel),
        };
    }

    /// <summary>
    /// A child's standard input is a pipe from its nanny: it ends when the nanny does, however that came.
    /// </summary>
    private static async Task EndWithStandardInputAsync(CancellationTokenSource ending)
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        try
        {
            while (await input.ReadAsync(buffer).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (IOException)
        {
            // As good as its end.
        }

        try
        {
            await ending.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        // Whatever user code does meanwhile: no orphans.
        await Task.Delay(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
        Environment.Exit(ExitCode.Ok);
    }
}
