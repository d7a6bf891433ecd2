using System.Collections.Concurrent;

namespace TaskGraph.Worker.Storage;

/// <summary>
/// All values that this worker holds. Only the worker's loop adds and removes; serving threads read. The machine
/// decides what stays (an input with a task that needs it is pinned by the machine's edges).
/// </summary>
internal sealed class ObjectStore
{
    private readonly ConcurrentDictionary<TaskId, StoredValue> _values = new();
    private long _bytes;

    /// <summary>How many values there are.</summary>
    public int Count => _values.Count;

    /// <summary>Bytes of all values.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

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

    /// <summary>The value of a task; null if it is not here.</summary>
    public StoredValue? Find(TaskId id) => _values.GetValueOrDefault(id);

    /// <summary>Drops a value.</summary>
    public void Remove(TaskId id)
    {
        if (_values.TryRemove(id, out var old))
            Interlocked.Add(ref _bytes, -old.Bytes);
    }
}
