using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph.Worker.Server;

/// <summary>
/// A worker that runs nothing: it answers every dispatch at once and claims to hold every input. Connection, codec and
/// batches are the real ones, so that what is measured with it is the price of the runtime without that of the tasks.
/// Each has a connection of its own; thousands fit into one process.
/// </summary>
internal sealed class ZeroWorker : IAsyncDisposable
{
    private readonly WorkerServerOptions _options;
    private readonly Listener _listener;
    private readonly Connection _scheduler;
    private readonly ZeroAnswers _answers = new();
    private readonly Timer _heart;
    private readonly Task _refusing;

    private ZeroWorker(WorkerServerOptions options, Listener listener, Connection scheduler, string name)
    {
        (_options, _listener, _scheduler, Name) = (options, listener, scheduler, name);
        var interval = Math.Max(100, scheduler.Welcome.HeartbeatIntervalMs);
        _heart = new Timer(static worker => ((ZeroWorker)worker!).Beat(), this, 0, interval);
        _refusing = RefuseAsync();
        Completion = Task.Run(ServeAsync, CancellationToken.None);
    }

    /// <summary>Where it would serve data, if it had any: it refuses everybody who asks.</summary>
    public string DataAddress => _listener.Address.ToString();

    /// <summary>The worker's name.</summary>
    public string Name { get; }

    /// <summary>Completes when the scheduler has gone or said goodbye, or the worker was closed.</summary>
    public Task Completion { get; }

    /// <summary>Starts one; completes when the scheduler has taken it.</summary>
    /// <exception cref="SchedulerUnreachableException">None did within the death timeout.</exception>
    /// <exception cref="ListenException">The data address cannot be listened on.</exception>
    public static async Task<ZeroWorker> StartAsync(
        WorkerServerOptions options, CancellationToken cancellationToken = default)
    {
        var listener = Listener.Start(
            options.Listen,
            new ConnectionOptions { AllowInsecure = options.AllowInsecure, Logger = options.Logger });
        try
        {
            var address = listener.Address.ToString();
            var name = options.Name.Length > 0 ? options.Name : address;

            // There may be a thousand in a process: they share the pool.
            var dialler = new Dialler(options, address, name) { ReceivesOnCallingThread = false };
            var scheduler = await dialler.DialAsync(former: null, canResume: false, cancellationToken).ConfigureAwait(false);
            return new ZeroWorker(options, listener, scheduler, name);
        }
        catch
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes leave of the scheduler and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _heart.DisposeAsync().ConfigureAwait(false);
        _scheduler.Write(new Goodbye { Reason = Goodbyes.Asked });
        _scheduler.Flush();
        await _scheduler.DisposeAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _refusing.ConfigureAwait(false);
    }

    private async Task ServeAsync()
    {
        var messages = new List<Message>();
        try
        {
            while (await _scheduler.ReceiveAsync(messages).ConfigureAwait(false))
            {
                if (!Answer(messages))
                    return;
                messages.Clear();
            }
        }
        catch (TaskGraphException e)
        {
            _options.Logger.LogInformation("Lost the scheduler: {Reason}", e.Message);
        }
    }

    /// <summary>Answers all that has arrived with one send. False = the scheduler says goodbye.</summary>
    private bool Answer(List<Message> messages)
    {
        foreach (var message in messages)
        {
            if (message is Goodbye)
                return false;
            _answers.Take(message);
        }

        if (_answers.WriteTo(_scheduler))
            _scheduler.Flush();
        return true;
    }

    private void Beat()
    {
        var (bytes, cpuSeconds) = ProcessUse.Now;
        _scheduler.Write(new Heartbeat { ProcessBytes = bytes, CpuSeconds = cpuSeconds });
        _scheduler.Flush();
    }

    private async Task RefuseAsync()
    {
        await foreach (var pending in _listener.AcceptAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await pending.RefuseAsync("this is a zero worker: it runs nothing and holds no values")
                .ConfigureAwait(false);
        }
    }
}
