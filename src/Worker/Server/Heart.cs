using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Execution;

namespace TaskGraph.Worker.Server;

/// <summary>Beats once a second, whatever the loop is doing: tells the scheduler the worker's figures.</summary>
internal sealed class Heart : IAsyncDisposable
{
    private readonly Connection _scheduler;
    private readonly WorkerLoop _loop;
    private readonly PeerConnections _peers;
    private readonly Timer _timer;

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
            _peers.CheckSilence();
            Ballast.Take();
        }
        catch (OutOfMemoryException)
        {
            // The next beat comes; what took the memory is being reported elsewhere.
        }
    }
}
