namespace TaskGraph.Ml;

/// <summary>The group of trainers that learn together: sums a buffer over all of them.</summary>
public interface IExchange
{
    /// <summary>This trainer's place in the group, 0 … <see cref="Size"/> − 1.</summary>
    int Rank { get; }

    /// <summary>Number of trainers in the group.</summary>
    int Size { get; }

    /// <summary>
    /// Replaces the buffer by its sum over all members, added in rank order, so that every member gets the same bits.
    /// </summary>
    ValueTask AllReduceAsync(Memory<float> buffer, CancellationToken cancellationToken);
}
