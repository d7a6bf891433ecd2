using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Worker.Machine;

namespace TaskGraph.Worker.Storage;

/// <summary>A value was written, or not. <see cref="File"/> is null unless it was.</summary>
internal sealed record StoreArrival(int Row, int Ticket, StoredValue Value, StoreOutcome Outcome, SpilledValue? File);

/// <summary>A value was read; null = its file is damaged.</summary>
internal sealed record LoadArrival(int Row, int Ticket, StoredValue? Value);

/// <summary>
/// The worker's one thread that writes and reads spilled values. Reads go first: tasks wait for them. Answers are
/// posted to the loop.
/// </summary>
internal sealed class SpillThread : IDisposable
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(5);

    // Memory that is short now is there again when tasks have ended.
    private const int MaxAttempts = 50;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private readonly Queue<(int Row, int Ticket, SpilledValue File)> _loads = new();
    private readonly Queue<(int Row, int Ticket, StoredValue Value)> _stores = new();
    private readonly Queue<string> _removals = new();
    private readonly SpillOptions _options;
    private readonly SpillDirectory _directory;
    private readonly SpillFileWriter _writer;
    private readonly Action<object> _post;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private long _usedBytes;
    private bool _isClosed;

    public SpillThread(SpillOptions options, Action<object> post, ILogger logger)
    {
        _options = options;
        _post = post;
        _logger = logger;
        _directory = SpillDirectory.Create(options.LocalDirectory, logger);
        _writer = new SpillFileWriter(
            new CompressionChoice(doBytesCount: options.Budget is not null || options.MaxBytes < long.MaxValue));
        _thread = new Thread(Run) { IsBackground = true, Name = "spill" };
        _thread.UnsafeStart();
    }

    /// <summary>Bytes of all files.</summary>
    public long UsedBytes => Interlocked.Read(ref _usedBytes);

    /// <summary>Bytes written since the start.</summary>
    public long WrittenBytes { get; private set; }

    /// <summary>Why the last value could not be written; empty if it could.</summary>
    public string Refusal { get; private set; } = "";

    /// <summary>Writes a value; answered by a <see cref="StoreArrival"/>.</summary>
    public void Store(int row, int ticket, StoredValue value) => Add(_stores, (row, ticket, value));

    /// <summary>Reads a value; answered by a <see cref="LoadArrival"/>.</summary>
    public void Load(int row, int ticket, SpilledValue file) => Add(_loads, (row, ticket, file));

    /// <summary>Removes a file that nobody needs any more.</summary>
    public void Remove(SpilledValue file)
    {
        Interlocked.Add(ref _usedBytes, -file.FileBytes);
        Add(_removals, file.Path);
    }

    /// <summary>Ends the thread after what it is doing, and removes all files.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        _directory.Dispose();
    }

    private void Add<T>(Queue<T> queue, T item)
    {
        lock (_gate)
        {
            queue.Enqueue(item);
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (true)
        {
            (int Row, int Ticket, SpilledValue File) load = default;
            (int Row, int Ticket, StoredValue Value) store = default;
            string? removal = null;
            lock (_gate)
            {
                while (!_isClosed && !_loads.TryDequeue(out load) && !_removals.TryDequeue(out removal)
                    && !TryTakeStore(out store))
                {
                }

                if (_isClosed)
                    return;
            }

            if (load.File is not null)
                _post(new LoadArrival(load.Row, load.Ticket, Read(load.File)));
            else if (removal is not null)
                Remove(removal);
            else
                _post(Write(store.Row, store.Ticket, store.Value!));
        }
    }

    /// <summary>Waits, so that whoever adds something wakes it, when there is nothing to write or it is too early.</summary>
    private bool TryTakeStore(out (int Row, int Ticket, StoredValue Value) store)
    {
        store = default;
        if (_stores.Count == 0)
        {
            Monitor.Wait(_gate);
            return false;
        }

        var wait = TimeSpan.FromMicroseconds(_options.Budget?.WaitUs(Transport.Turns.TurnDriver.NowUs) ?? 0);
        if (wait > TimeSpan.Zero && wait < s_longestWait)
        {
            Monitor.Wait(_gate, wait + TimeSpan.FromMilliseconds(1));
            return false;
        }

        store = _stores.Dequeue();
        return true;
    }

    private StoreArrival Write(int row, int ticket, StoredValue value)
    {
        var path = _directory.NewFile();
        try
        {
            if (Refuse(value) is { } reason)
                return Refused(reason);
            var length = _writer.Write(path, value);
            Interlocked.Add(ref _usedBytes, length);
            WrittenBytes += length;
            _options.Budget?.Spend(length);
            Refusal = "";
            return new StoreArrival(
                row, ticket, value, StoreOutcome.Stored, new SpilledValue(value.Task, path, value.Bytes, length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refused($"{Heartbeat.DiskFull}: {e.Message}");
        }
        catch (OutOfMemoryException)
        {
            return Refused("memory ran out while a value was being written");
        }
        catch (Exception e)
        {
            // Whatever the value's own codec throws.
            _logger.LogWarning("The value of {Task} stays in memory: {Reason}", value.Task, e.Message);
            return new StoreArrival(row, ticket, value, StoreOutcome.NotEncodable, null);
        }

        StoreArrival Refused(string reason)
        {
            if (Refusal.Length == 0)
                _logger.LogWarning("Values stay in memory: {Reason}", reason);
            Refusal = reason;
            return new StoreArrival(row, ticket, value, StoreOutcome.NoRoom, null);
        }
    }

    /// <summary>Why the value may not be written; null = it may.</summary>
    private string? Refuse(StoredValue value)
    {
        if (UsedBytes + value.Bytes > _options.MaxBytes)
            return $"{Heartbeat.DiskFull}: {new ByteSize(UsedBytes)} of at most {new ByteSize(_options.MaxBytes)} are in use (--max-spill)";
        return _options.Budget?.WaitUs(Transport.Turns.TurnDriver.NowUs) > 0
            ? $"{Heartbeat.DiskFull}: {_options.Budget} have been written (--spill-write-budget)"
            : null;
    }

    private StoredValue? Read(SpilledValue file)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return file.Read();
            }
            catch (SpillDamagedException e)
            {
                _logger.LogError("{Reason}", e.Message);
                return null;
            }
            catch (OutOfMemoryException) when (attempt < MaxAttempts)
            {
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                lock (_gate)
                    Monitor.Wait(_gate, s_pause);
            }
            catch (OutOfMemoryException)
            {
                _logger.LogError("No memory to load the value of {Task}: it is given up here", file.Task);
                return null;
            }
        }
    }

    private void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException e)
        {
            _logger.LogWarning("Cannot remove {Path}: {Reason}", path, e.Message);
        }
    }
}
