namespace TaskGraph;

/// <summary>The values of a task's dependencies, as the worker holds them.</summary>
public interface IDependencyValues
{
    /// <summary>
    /// The value of dependency <paramref name="ordinal"/>, decoded by <paramref name="codec"/> if still bytes.
    /// </summary>
    object? Get(int ordinal, PayloadCodec codec);

    /// <summary>The actor whose method is called; null in a task.</summary>
    object? Actor => null;
}
