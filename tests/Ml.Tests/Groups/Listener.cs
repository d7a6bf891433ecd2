namespace TaskGraph.Ml.Tests;

/// <summary>Hears at once, on the caller's thread: in order, unlike <see cref="Progress{T}"/>.</summary>
internal sealed class Listener<T>(Action<T> hear) : IProgress<T>
{
    public void Report(T value) => hear(value);
}
