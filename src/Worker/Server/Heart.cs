using System.Diagnostics;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Execution;

namespace TaskGraph.Worker.Server;

/// <summary>Beats once a second, whatever the loop is doing: tells the scheduler the worker's figures.</summary>
internal sealed class Heart : IAsyncDisposable
{
    // The scheduler beats every second too. Beats are counted beside the time: after the process itself was stopped
    // for a while (SIGSTOP, a sleeping laptop) the first one would blame the scheduler for its own silence.
    private const int MaxSilentBeats = 10;
    private static readonly TimeSpan s_maxSilence = TimeSpan.FromSeconds(30);

    private readonly Connection _scheduler;
    private readonly WorkerLoop _loop;
    private readonly PeerConnections _peers;
    private readonly Timer _timer;
    private long _lastReceived;
    private int _silentBeats;

    public Heart(Connection scheduler, WorkerLoop loop, PeerConnections peers)
    {
        _scheduler = scheduler;
        _loop = loop;
        _peers = peers;
        var interval = Math.Max(100, scheduler.Welcome.HeartbeatIntervalMs);
        _timer = new Timer(static heart => ((Heart)heart!).Beat(), this, 0, interval);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Beat()
    {
        try
        {
            _scheduler.Write(new Heartbeat
            {
                ProcessBytes = Environment.WorkingSet,
                StoredBytes = _loop.Store.Bytes,
                CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
                ExecutingCount = _loop.RunningCount,
            });
            _scheduler.Flush();
            CheckSilence();
            _peers.CheckSilence();
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
        _silentBeats = received == _lastReceived ? _silentBeats + 1 : 0;
        _lastReceived = received;
        if (_silentBeats > MaxSilentBeats && Stopwatch.GetElapsedTime(received) > s_maxSilence)
            _scheduler.Abort($"the scheduler has been silent for {s_maxSilence.TotalSeconds:0} s");
    }
}
