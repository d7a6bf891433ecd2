using Microsoft.Extensions.Logging;
using TaskGraph.Worker.Machine;
using TaskGraph.Worker.Storage;

namespace TaskGraph.Worker.Server;

/// <summary>A value served from disk has turned out to be damaged.</summary>
internal sealed record DamagedArrival(TaskId Task);

/// <summary>The memory ladder: what the machine wants written and read, and pauses.</summary>
internal sealed partial class WorkerLoop
{
    private readonly MemoryLadder? _ladder;
    private readonly SpillThread? _spill;
    private readonly MemoryWatch? _watch;
    private readonly long _maxServedBytes;
    private bool _isShortOfMemory;
    private long _evictedBytes;

    /// <summary>Why nothing new is started: empty = it is.</summary>
    public string PauseReason { get; private set; } = "";

    /// <summary>How many bytes of values may wait to be sent to others before they are told to come back.</summary>
    public long Limits() => _ladder is null ? _maxServedBytes
        : PauseReason.Length > 0 ? 0 : Math.Min(_maxServedBytes, _ladder.InFlightBytes / 2);

    /// <summary>What is called when a pause has begun or ended.</summary>
    public Action? StatusChanged { get; set; }

    private static MemoryLadder? CreateLadder(WorkerServerOptions options) => options.MemoryLimitBytes == 0
        ? null
        : new MemoryLadder(options.MemoryLimitBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, options.MemoryShares);

    private SpillThread? CreateSpill(WorkerServerOptions options)
    {
        if (_ladder is null)
            return null;
        var directory = options.LocalDirectory ?? SpillDirectory.Default;
        try
        {
            return new SpillThread(
                new SpillOptions(directory, options.MaxSpillBytes, options.SpillWriteBudget), Mailbox.Post, _logger);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.LogError("No value can be spilled to {Directory}: {Reason}", directory, e.Message);
            return null;
        }
    }

    private WorkerMachineOptions MachineOptions(int number, WorkerServerOptions options)
    {
        var machine = new WorkerMachineOptions
        {
            OwnNumber = number,
            Threads = options.Threads,
            MaxRequests = options.MaxRequests,
        };
        if (_ladder is null)
            return machine;
        return machine with
        {
            TargetBytes = _spill is null ? 0 : _ladder.TargetBytes,
            MaxBytesInFlight = Math.Min(machine.MaxBytesInFlight, _ladder.InFlightBytes),
            MaxRequestBytes = Math.Min(machine.MaxRequestBytes, _ladder.InFlightBytes),
        };
    }

    private void CarryOutSpill(in Instruction instruction)
    {
        switch (instruction.Kind)
        {
            case InstructionKind.Spill:
                _spill!.Store(instruction.Row, instruction.Index, Store.Find(instruction.Task)!);
                break;
            case InstructionKind.Evict:
                Evict(instruction.Task);
                break;
            case InstructionKind.Load:
                _spill!.Load(instruction.Row, instruction.Index, Store.FindFile(instruction.Task)!);
                break;
        }
    }

    /// <summary>
    /// Large values that have left memory are collected soon: the runtime, which does not know that they are the only
    /// large garbage, would rather let the heap grow.
    /// </summary>
    private void Evict(TaskId task)
    {
        _evictedBytes += Store.Evict(task);
        if (_watch is null || _evictedBytes < _ladder!.InFlightBytes)
            return;
        _evictedBytes = 0;
        MemoryWatch.CollectValues();
    }

    private void HandleMemory(object arrival)
    {
        switch (arrival)
        {
            case StoreArrival stored:
                TakeStored(stored);
                break;
            case LoadArrival loaded:
                if (_machine.Loaded(loaded.Row, loaded.Ticket, loaded.Value is not null, NowUs()))
                    Store.Load(loaded.Value!);
                break;
            case DamagedArrival damaged:
                _machine.Damaged(damaged.Task, NowUs());
                break;
            case LadderStep step:
                _isShortOfMemory = step.IsPaused;
                _machine.Relieve(step.SpillBytes, NowUs());
                break;
        }
    }

    private void TakeStored(StoreArrival stored)
    {
        if (_machine.Stored(stored.Row, stored.Ticket, stored.Outcome, NowUs()))
            Store.AddFile(stored.File!);
        else if (stored.File is not null)
            _spill!.Remove(stored.File);
    }

    /// <summary>Begins or ends a pause; true = the machine should decide again.</summary>
    private bool UpdatePause()
    {
        var reason = _machine.IsDiskFull ? _spill!.Refusal : _isShortOfMemory ? "memory" : "";
        if (reason == PauseReason)
            return false;
        PauseReason = reason;
        if (reason.Length > 0)
            _logger.LogWarning("Paused: {Reason}. {Values} of values are in memory", reason, new ByteSize(Store.Bytes));
        else
            _logger.LogInformation("Running again");
        _machine.Pause(reason.Length > 0, NowUs());
        StatusChanged?.Invoke();
        return true;
    }

    private void CloseMemory()
    {
        _ = _watch?.DisposeAsync().AsTask();
        _spill?.Dispose();
    }
}
