namespace TaskGraph.Worker.Storage;

/// <summary>A value's copy on disk.</summary>
/// <param name="Task">Whose value it is.</param>
/// <param name="Path">Its file.</param>
/// <param name="Bytes">Bytes of the value in memory.</param>
/// <param name="FileBytes">Length of the file.</param>
internal sealed record SpilledValue(TaskId Task, string Path, long Bytes, long FileBytes)
{
    private readonly WeakReference<StoredValue?> _inMemory = new(null);

    /// <summary>Remembers the value as long as somebody else holds it: a run, or a collection that has not come.</summary>
    public void Remember(StoredValue value) => _inMemory.SetTarget(value);

    /// <summary>The value: what is still in memory, or else from the file.</summary>
    /// <exception cref="SpillDamagedException">The file is not what was written.</exception>
    public StoredValue Read() =>
        _inMemory.TryGetTarget(out var value) ? value : StoredValue.OfPayload(Task, SpillFileReader.Read(Path), Bytes);
}
