namespace TaskGraph;

/// <summary>The futures of a submitted graph's outputs.</summary>
public sealed class GraphFutures
{
    private readonly FutureHandle _handle;

    internal GraphFutures(FutureHandle handle) => _handle = handle;

    /// <summary>The future of an output.</summary>
    /// <exception cref="ArgumentException">The task was not among the outputs asked for.</exception>
    public Future<T> Of<T>(GraphTask<T> output)
    {
        var slot = _handle.Set.SlotOf(output.Index);
        return slot == FutureSlot.None
            ? throw new ArgumentException(
                $"{output} was not among the outputs that the graph was submitted for.", nameof(output))
            : new Future<T>(_handle, slot);
    }
}
