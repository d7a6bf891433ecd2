namespace TaskGraph.Ml.Tests;

/// <summary>Virtual workers in one process: the last to arrive sums all buffers in rank order and lets the others
/// go on.</summary>
internal sealed class SimulatedGroup(int size)
{
    private readonly Memory<float>[] _buffers = new Memory<float>[size];
    private TaskCompletionSource _round = new();
    private int _arrived;

    public int Exchanges { get; private set; }

    public IExchange Member(int rank) => new Seat(this, rank);

    public static async Task<EpochReport[]> RunEpochAsync(ShardTrainer[] trainers) =>
        await Task.WhenAll(trainers.Select(t => t.RunEpochAsync(CancellationToken.None).AsTask()).ToArray());

    private async ValueTask ArriveAsync(int rank, Memory<float> buffer)
    {
        _buffers[rank] = buffer;
        if (++_arrived < size)
        {
            await _round.Task;
            return;
        }

        var sum = new float[buffer.Length];
        foreach (Memory<float> part in _buffers)
        {
            Assert.Equal(sum.Length, part.Length);
            for (int i = 0; i < sum.Length; i++)
                sum[i] += part.Span[i];
        }

        foreach (Memory<float> part in _buffers)
            sum.CopyTo(part);
        Exchanges++;
        _arrived = 0;
        TaskCompletionSource finished = _round;
        _round = new TaskCompletionSource();
        finished.SetResult();
    }

    private sealed class Seat(SimulatedGroup group, int rank) : IExchange
    {
        public int Rank => rank;

        public int Size => group.Size;

        public ValueTask AllReduceAsync(Memory<float> buffer, CancellationToken cancellationToken) =>
            group.ArriveAsync(rank, buffer);
    }

    private int Size => _buffers.Length;
}
