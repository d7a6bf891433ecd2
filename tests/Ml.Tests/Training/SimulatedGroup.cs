namespace TaskGraph.Ml.Tests;

/// <summary>A group of virtual workers inside the test; its sums are added in rank order, as the real one's.</summary>
internal sealed class SimulatedGroup(int size)
{
    private readonly Lock _gate = new();
    private readonly Memory<float>[] _values = new Memory<float>[size];
    private TaskCompletionSource _round = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;

    public ICommunicator Member(int rank) => new Communicator(this, rank);

    /// <summary>Runs every rank's part on a thread of its own.</summary>
    public static async Task<T[]> RunAsync<T>(int size, Func<ICommunicator, Task<T>> part)
    {
        var group = new SimulatedGroup(size);
        var parts = Enumerable.Range(0, size).Select(rank => Task.Run(() => part(group.Member(rank))));
        return await Task.WhenAll(parts);
    }

    private Task AllReduceAsync(int rank, Memory<float> values)
    {
        lock (_gate)
        {
            _values[rank] = values;
            var round = _round;
            if (++_arrived == size)
            {
                float[] sum = _values[0].ToArray();
                for (int other = 1; other < size; other++)
                {
                    var added = _values[other].Span;
                    for (int i = 0; i < sum.Length; i++)
                        sum[i] += added[i];
                }

                foreach (var target in _values)
                    sum.CopyTo(target);
                _arrived = 0;
                _round = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                round.SetResult();
            }

            return round.Task;
        }
    }

    private sealed class Communicator(SimulatedGroup group, int rank) : ICommunicator
    {
        public int Rank => rank;

        public int Size => group._values.Length;

        public Task AllReduceAsync(Memory<float> values, CancellationToken cancellationToken = default) =>
            group.AllReduceAsync(rank, values);

        public Task BroadcastAsync(Memory<byte> bytes, int root, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task BarrierAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task SendAsync(
            int to, int tag, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task<byte[]> ReceiveAsync(int from, int tag, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
