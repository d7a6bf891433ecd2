using System.Diagnostics;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Execution;
using TaskGraph.Worker.Storage;

namespace TaskGraph.Worker.Server;

/// <summary>Beats once a second, whatever the loop is doing: tells the scheduler the worker's figures.</summary>
internal sealed class Heart : IAsyncDisposable
{
    // The scheduler beats every second or so. Looks are counted beside the time: after the process itself was stopped
    // for a while (SIGSTOP, a sleeping laptop) the first one would blame the scheduler for its own silence.
    private const int LookMs = 500;
    private const int MaxSilentLooks = 4;
    private static readonly TimeSpan s_maxSilence = TimeSpan.FromSeconds(2);

    private readonly Connection _scheduler;
    private readonly WorkerLoop _loop;
    private readonly PeerConnections _peers;
    private readonly UnmanagedMemory _unmanaged = new();
    private readonly Timer _timer;
    private readonly int _looksPerBeat;
    private long _lastReceived;
    private int _silentLooks;
    private int _looks;
    private Task _renewing = Task.CompletedTask;

    public Heart(Connection scheduler, WorkerLoop loop, PeerConnections peers)
    {
        _scheduler = scheduler;
        _loop = loop;
        _peers = peers;
        _looksPerBeat = Math.Max(1, scheduler.Welcome.HeartbeatIntervalMs / LookMs);
        _timer = new Timer(static heart => ((Heart)heart!).Look(), this, 0, LookMs);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Look()
    {
        // While the link is gone, whoever dials says more than a beat that waits.
        if (_scheduler.IsLinked)
            CheckSilence();
        if (_looks++ % _looksPerBeat != 0)
            return;
        if (_scheduler.IsLinked)
            Beat();
        _peers.CheckSilence();
    }

    /// <summary>Tells the figures; also at once when the status has changed.</summary>
    public void Beat()
    {
        try
        {
            var processBytes = Environment.WorkingSet;
            var reason = _loop.PauseReason;
            _scheduler.Write(new Heartbeat
            {
                ProcessBytes = processBytes,
                StoredBytes = _loop.Store.Bytes,
                CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
                ExecutingCount = _loop.RunningCount,
                Status = reason.Length > 0 ? HeartbeatStatus.Paused : HeartbeatStatus.Running,
                PauseReason = reason,
                SpilledBytes = _loop.Store.SpilledBytes,
                SpilledCount = _loop.Store.SpilledCount,
                UnmanagedOldBytes = _unmanaged.Note(processBytes, _loop.Store.Bytes),
            });
            _scheduler.Flush();
            Ballast.Take();
        }
        catch (OutOfMemoryException)
        {
            // The next beat comes; what took the memory is being reported elsewhere.
        }
    }

    private void CheckSilence()
    {
        var received = _scheduler.LastReceivedTimestamp;
        _silentLooks = received == _lastReceived ? _silentLooks + 1 : 0;
        _lastReceived = received;

        // The link may be half open; another one costs little, as the session goes on.
        if (_silentLooks >= MaxSilentLooks && _renewing.IsCompleted && Stopwatch.GetElapsedTime(received) > s_maxSilence)
            _renewing = _scheduler.RenewAsync($"the scheduler has been silent for {s_maxSilence.TotalSeconds:0} s");
    }
}
