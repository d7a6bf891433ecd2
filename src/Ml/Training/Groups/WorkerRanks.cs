namespace TaskGraph.Ml;

/// <summary>
/// The ranks of a group that share one worker: their vectors are added here, in rank order, and travel once. A group
/// of workers has one member each on the network, however many ranks it holds.
/// </summary>
internal sealed class WorkerRanks
{
    private readonly Lock _gate = new();
    private readonly ICommunicator _workers;
    private readonly Memory<float>[] _values;
    private readonly int _first;
    private readonly int _total;
    private TaskCompletionSource _round = NewRound();
    private Exception? _failure;
    private int _arrived;

    /// <summary>Ranks of this worker among those of all.</summary>
    /// <param name="workers">The communicator between the workers.</param>
    /// <param name="ranksPerWorker">How many ranks each worker holds.</param>
    public WorkerRanks(ICommunicator workers, int[] ranksPerWorker)
    {
        _workers = workers;
        _values = new Memory<float>[ranksPerWorker[workers.Rank]];
        _first = ranksPerWorker.AsSpan(0, workers.Rank).ToArray().Sum();
        _total = ranksPerWorker.Sum();
    }

    /// <summary>The first failure of a local rank or of the exchange; null if there was none.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>The communicator of one local rank, counted from 0 on this worker.</summary>
    public ICommunicator Member(int local) => new Communicator(this, local);

    /// <summary>A local rank has failed: the others must not wait for it.</summary>
    public void Fail(Exception failure)
    {
        TaskCompletionSource round;
        lock (_gate)
        {
            _failure ??= failure;
            round = _round;
        }

        round.TrySetException(failure);
    }

    private static TaskCompletionSource NewRound() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task AllReduceAsync(int local, Memory<float> values, CancellationToken cancellation)
    {
        TaskCompletionSource round;
        bool isLast;
        lock (_gate)
        {
            if (_failure is not null)
                throw new InvalidOperationException("Another trainer on this worker has failed.", _failure);
            _values[local] = values;
            round = _round;
            isLast = ++_arrived == _values.Length;
        }

        if (isLast)
            await ReduceAsync(round, cancellation).ConfigureAwait(false);
        await round.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task ReduceAsync(TaskCompletionSource round, CancellationToken cancellation)
    {
        try
        {
            var sum = _values[0];
            for (int rank = 1; rank < _values.Length; rank++)
                Add(sum.Span, _values[rank].Span);
            await _workers.AllReduceAsync(sum, cancellation).ConfigureAwait(false);
            for (int rank = 1; rank < _values.Length; rank++)
                sum.CopyTo(_values[rank]);
        }
        catch (Exception e)
        {
            Fail(e);
            return;
        }

        lock (_gate)
        {
            _arrived = 0;
            _round = NewRound();
        }

        round.TrySetResult();
    }

    private static void Add(Span<float> sum, ReadOnlySpan<float> values)
    {
        for (int i = 0; i < sum.Length; i++)
            sum[i] += values[i];
    }

    /// <summary>Trainers only sum; the other operations have no meaning between ranks of one worker.</summary>
    private sealed class Communicator(WorkerRanks ranks, int local) : ICommunicator
    {
        public int Rank => ranks._first + local;

        public int Size => ranks._total;

        public Task AllReduceAsync(Memory<float> values, CancellationToken cancellationToken = default) =>
            ranks.AllReduceAsync(local, values, cancellationToken);

        public Task BroadcastAsync(Memory<byte> bytes, int root, CancellationToken cancellationToken = default) =>
            throw OnlySums();

        public Task BarrierAsync(CancellationToken cancellationToken = default) => throw OnlySums();

        public Task SendAsync(
            int to, int tag, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
            throw OnlySums();

        public Task<byte[]> ReceiveAsync(int from, int tag, CancellationToken cancellationToken = default) =>
            throw OnlySums();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static NotSupportedException OnlySums() => new("Trainers exchange sums only.");
    }
}
