using System.Runtime.CompilerServices;
using System.Threading.Channels;
using TaskGraph.Messages;

namespace TaskGraph;

// What running tasks report.
public sealed partial class Client
{
    private const int MaxKeptReports = 4096;

    private Dictionary<TaskId, Channel<ReadOnlyMemory<byte>>>? _reports;

    /// <summary>The reports of one task until it ends.</summary>
    internal async IAsyncEnumerable<ReadOnlyMemory<byte>> ReportsAsync(
        FutureHandle handle, int slot, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Channel<ReadOnlyMemory<byte>> reports;
        lock (_gate)
        {
            reports = ReportsOf(handle.Set.IdOf(slot));
            if (handle.Set[slot].Status == FutureStatus.Pending)
                handle.Set.ObserveNext(slot, new ReportsEnd(reports));
            else
                reports.Writer.TryComplete();
        }
        await foreach (var report in reports.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            yield return report;
        ThrowIfSchedulerLost(handle, slot);
        GC.KeepAlive(handle);
    }

    private void OnReported(TasksReported message)
    {
        for (var row = 0; row < message.Tasks.Count; row++)
        {
            if (_machine.TryFind(message.Tasks[row], out _, out _))
                ReportsOf(message.Tasks[row]).Writer.TryWrite(message.Reports.MemoryOf(row));
        }
    }

    private Channel<ReadOnlyMemory<byte>> ReportsOf(TaskId task)
    {
        _reports ??= [];
        if (!_reports.TryGetValue(task, out var reports))
        {
            reports = Channel.CreateBounded<ReadOnlyMemory<byte>>(
                new BoundedChannelOptions(MaxKeptReports) { FullMode = BoundedChannelFullMode.DropOldest });
            _reports.Add(task, reports);
        }
        return reports;
    }

    private sealed class ReportsEnd(Channel<ReadOnlyMemory<byte>> reports) : IFutureObserver
    {
        public void On(FutureSet set, int slot, FutureNews news) => reports.Writer.TryComplete();
    }
}
