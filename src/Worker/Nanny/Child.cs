using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TaskGraph.Worker.Command;

namespace TaskGraph.Worker.Nanny;

/// <summary>One life of a worker process: started, its output passed on, its memory watched, its end told.</summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan s_watchInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly long _memoryLimitBytes;
    private readonly double _memoryShare;
    private readonly ILogger _logger;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly KernelKills _kernelKills = KernelKills.Now();
    private volatile string? _memoryReason;
    private volatile bool _hasJoined;

    private Child(Process process, long memoryLimitBytes, double memoryShare, ILogger logger)
    {
        _process = process;
        _memoryShare = memoryShare;
        _memoryLimitBytes = memoryLimitBytes;
        _logger = logger;
    }

    /// <summary>Its process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>How long it has lived.</summary>
    public TimeSpan Lived => Stopwatch.GetElapsedTime(_started);

    /// <summary>Whether a scheduler had taken it.</summary>
    public bool HasJoined => _hasJoined;

    /// <summary>Why it ended with <paramref name="code"/>.</summary>
    public string Reason(int code) => ExitReason.Of(code, _memoryReason, KernelKills.Now().Since(_kernelKills));

    /// <summary>Whether it was memory that it ended for with <paramref name="code"/>.</summary>
    public bool IsEndedForMemory(int code) => ExitReason.IsMemory(code, _memoryReason, KernelKills.Now().Since(_kernelKills));

    /// <summary>Its last words.</summary>
    public LastLines LastLines { get; } = new();

    /// <summary>Starts a child; its lines go to <paramref name="output"/> and <paramref name="error"/>.</summary>
    public static Child Start(
        ProcessStartInfo start, WorkerSettings settings, Action<string> output, Action<string> error, ILogger logger)
    {
        var process = new Process { StartInfo = start };
        var child = new Child(process, settings.MemoryLimitBytes, settings.MemoryShares.Terminate, logger);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                return;
            child._hasJoined |= line.Data.StartsWith(WorkerProcess.JoinedLine, StringComparison.Ordinal);
            output(line.Data);
        };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
                return;
            child.LastLines.Add(line.Data);
            error(line.Data);
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>
    /// Waits for its end and returns its exit code; asks it to leave when <paramref name="leave"/> is cancelled, and
    /// ends it when <paramref name="stop"/> is.
    /// </summary>
    public async Task<int> WaitAsync(CancellationToken leave, CancellationToken stop)
    {
        await using var asking = leave.Register(AskToLeave).ConfigureAwait(false);
        using var exited = new CancellationTokenSource();
        var watching = _memoryLimitBytes > 0 ? WatchMemoryAsync(exited.Token) : Task.CompletedTask;
        try
        {
            await _process.WaitForExitAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await EndAsync().ConfigureAwait(false);
        }

        await exited.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        return _process.ExitCode;
    }

    public void Dispose() => _process.Dispose();

    private void AskToLeave()
    {
        try
        {
            _process.StandardInput.WriteLine(NannyPipe.LeaveLine);
            _process.StandardInput.Flush();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // It is ending already.
        }
    }

    /// <summary>Asks it to end by closing its standard input, and kills it when it does not.</summary>
    private async Task EndAsync()
    {
        using var patience = new CancellationTokenSource(s_grace);
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            _logger.LogWarning("Worker process {ProcessId} does not end by itself: killed", ProcessId);
            Kill();
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task WatchMemoryAsync(CancellationToken exited)
    {
        var most = (long)(_memoryLimitBytes * _memoryShare);
        while (!exited.IsCancellationRequested)
        {
            await Task.Delay(s_watchInterval, exited)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.None);
            if (HeldMemory.Of(_process) is var held && held <= most)
                continue;
            var reason = $"Worker process {ProcessId} holds {new ByteSize(held)}, more than {_memoryShare * 100:0} % of its memory "
                + $"limit of {new ByteSize(_memoryLimitBytes)}: ended and started again";
            _logger.LogWarning("{Reason}", reason);
            LastLines.Add(reason);
            _memoryReason = $"{new ByteSize(held)} of at most {new ByteSize(_memoryLimitBytes)}";
            Kill();
            return;
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has just ended by itself.
        }
    }
}
