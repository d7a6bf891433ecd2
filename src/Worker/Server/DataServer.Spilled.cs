using Microsoft.Extensions.Logging;
using TaskGraph.Worker.Storage;

namespace TaskGraph.Worker.Server;

/// <summary>Values that are on disk alone are served from there: they need not be loaded for others.</summary>
internal sealed partial class DataServer
{
    private readonly Lock _reading = new();
    private volatile Func<long> _limit = static () => MaxPendingBytes;

    /// <summary>Beyond how many unsent bytes requests are answered with Busy.</summary>
    public void LimitBy(Func<long> limit) => _limit = limit;

    private StoredValue? Find(TaskId task)
    {
        if (_store is not { } store)
            return null;
        return store.Find(task) ?? (store.FindFile(task) is { } file ? Read(file) : null);
    }

    /// <summary>One at a time: each takes memory until it has been sent.</summary>
    private StoredValue? Read(SpilledValue file)
    {
        lock (_reading)
        {
            try
            {
                return file.Read();
            }
            catch (SpillDamagedException e)
            {
                // Or it was dropped just now: then the loop knows better.
                logger.LogError("{Reason}", e.Message);
                _put?.Invoke(new DamagedArrival(file.Task));
                return null;
            }
        }
    }
}
