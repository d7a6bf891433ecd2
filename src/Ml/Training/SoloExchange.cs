namespace TaskGraph.Ml;

/// <summary>The group of one: a sum over one member is the member's own buffer.</summary>
public sealed class SoloExchange : IExchange
{
    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public ValueTask AllReduceAsync(Memory<float> buffer, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken) : default;
}
