using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// What a task costs at a worker apart from what is before it there: bytes over measured links, and memory that is short.
/// </content>
internal sealed partial class SchedulerMachine
{
    /// <summary>Below so many bytes the latency is all that counts, and no link is looked up.</summary>
    private const int TellingBytes = 64 << 10;

    /// <summary>Shorter runs say more of the machine's noise than of the worker.</summary>
    private const int TellingUs = 1000;

    private void OnTransfersMeasured(SchedulerWorker worker, TransfersMeasured message)
    {
        int count = message.Sources.Count;
        RequireRows(count, message.Bytes.Count);
        RequireRows(count, message.DurationUs.Count);
        for (int i = 0; i < count; i++)
        {
            if ((uint)message.Sources[i] < (uint)_workers.Count)
                worker.MeasureTransfer(message.Sources[i], message.Bytes[i], message.DurationUs[i]);
        }
    }

    /// <summary>
    /// Microseconds to bring the inputs that the worker lacks, and to spill what does not fit then.
    /// </summary>
    private long FetchCost(in TaskRow row, SchedulerWorker worker)
    {
        long cost = 0;
        long newBytes = _functions[row.Function].MeanBytes;
        int end = row.FirstDependency + Math.Min(row.DependencyCount, MaxInputsLookedAt);
        for (int edge = row.FirstDependency; edge < end; edge++)
        {
            int input = _edges[edge].Dependency;
            ref TaskRow value = ref _tasks[input];
            if (Holds(input, value, worker.Number))
                continue;
            newBytes += value.Bytes;
            cost += _options.FetchLatencyUs;
            if (_partitions.Count > 0 && !CanReach(worker.Number, value.Worker))
                cost += RelayUs;
            cost += value.Bytes < TellingBytes
                ? value.Bytes / _options.BandwidthBytesPerUs
                : worker.TransferUs(value.Worker, value.Bytes, _options.BandwidthBytesPerUs);
        }

        return newBytes < TellingBytes ? cost : cost + SpillCost(worker, newBytes);
    }

    private SchedulerWorker ChooseAmongOpen(in TaskRow row, SchedulerWorker best, long bestCost)
    {
        for (int i = 0; i < Math.Min(MaxCandidates, _open.Count); i++)
        {
            SchedulerWorker worker = _open[i];
            long cost = worker.Load + FetchCost(row, worker);
            if (cost >= bestCost)
                continue;
            best = worker;
            bestCost = cost;
        }

        return best;
    }

    private long SpillCost(SchedulerWorker worker, long newBytes)
    {
        long excess = worker.PlannedBytes + newBytes - worker.RoomBytes;
        return excess <= 0 ? 0 : Math.Min(excess, newBytes) / _options.DiskBytesPerUs;
    }

    /// <summary>
    /// The least loaded worker; where large results are expected and it has no room for them, the next one that has.
    /// </summary>
    private SchedulerWorker ChooseForRoot(in TaskRow row, SchedulerWorker least)
    {
        long bytes = _functions[row.Function].MeanBytes;
        return bytes < TellingBytes || least.HasRoomFor(bytes) ? least : _open.LeastWithRoomFor(bytes) ?? least;
    }
}
