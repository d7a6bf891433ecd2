using System.Collections.Concurrent;

namespace TaskGraph.Worker.Storage;

/// <summary>
/// All values that this worker holds: in memory, on disk, or both. Only the worker's loop adds and removes; serving
/// threads read. The machine decides what stays and where (an input with a task that needs it is pinned by the
/// machine's edges).
/// </summary>
internal sealed class ObjectStore
{
    private readonly ConcurrentDictionary<TaskId, StoredValue> _values = new();
    private readonly ConcurrentDictionary<TaskId, SpilledValue> _files = new();
    private long _bytes;
    private long _spilledBytes;
    private int _spilledCount;

    /// <summary>How many values are in memory.</summary>
    public int Count => _values.Count;

    /// <summary>Bytes of the values in memory.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How many values are on disk alone.</summary>
    public int SpilledCount => Volatile.Read(ref _spilledCount);

    /// <summary>Bytes that the values on disk alone would take in memory.</summary>
    public long SpilledBytes => Interlocked.Read(ref _spilledBytes);

    /// <summary>Whoever removes the files of values that are dropped.</summary>
    public event Action<SpilledValue>? FileUnused;

    /// <summary>Keeps a value that a run returned.</summary>
    public void Put(TaskId id, object? value, PayloadCodec codec, long bytes) =>
        Put(StoredValue.Of(id, value, codec, bytes));

    /// <summary>Keeps a value, in place of an older one of the same task.</summary>
    public void Put(StoredValue value)
    {
        Remove(value.Task);
        _values[value.Task] = value;
        Interlocked.Add(ref _bytes, value.Bytes);
    }

    /// <summary>The value of a task; null if it is not in memory.</summary>
    public StoredValue? Find(TaskId id) => _values.GetValueOrDefault(id);

    /// <summary>The copy on disk of a task's value; null if there is none.</summary>
    public SpilledValue? FindFile(TaskId id) => _files.GetValueOrDefault(id);

    /// <summary>Notes that a value in memory is on disk as well.</summary>
    public void AddFile(SpilledValue file) => _files[file.Task] = file;

    /// <summary>From now on the value is on disk alone; how many bytes that frees.</summary>
    public long Evict(TaskId id)
    {
        if (!_values.TryRemove(id, out var value))
            return 0;
        _files[id].Remember(value);
        Interlocked.Add(ref _bytes, -value.Bytes);
        Interlocked.Add(ref _spilledBytes, value.Bytes);
        Interlocked.Increment(ref _spilledCount);
        return value.Bytes;
    }

    /// <summary>A value that was on disk alone is in memory as well.</summary>
    public void Load(StoredValue value)
    {
        Interlocked.Decrement(ref _spilledCount);
        Interlocked.Add(ref _spilledBytes, -value.Bytes);
        Interlocked.Add(ref _bytes, value.Bytes);
        _values[value.Task] = value;
    }

    /// <summary>Drops a value, from memory and disk.</summary>
    public void Remove(TaskId id)
    {
        var wasInMemory = _values.TryRemove(id, out var old);
        if (wasInMemory)
            Interlocked.Add(ref _bytes, -old!.Bytes);
        if (!_files.TryRemove(id, out var file))
            return;
        if (!wasInMemory)
        {
            Interlocked.Decrement(ref _spilledCount);
            Interlocked.Add(ref _spilledBytes, -file.Bytes);
        }

        FileUnused?.Invoke(file);
    }
}
