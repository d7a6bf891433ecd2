namespace TaskGraph.Ml;

/// <summary>Walks a shard in mini-batches, in a new order each epoch.</summary>
internal sealed class BatchWalker(float[] features, int[] labels, int columns, int batchSize)
{
    private readonly int[] _order = new int[labels.Length];
    private readonly float[] _features = new float[Math.Min(batchSize, labels.Length) * columns];
    private readonly int[] _labels = new int[Math.Min(batchSize, labels.Length)];
    private int _next;
    private int _rows;

    /// <summary>Batches in a whole pass; the last may be short.</summary>
    public int Batches => (labels.Length + batchSize - 1) / batchSize;

    public ReadOnlySpan<float> Features => _features.AsSpan(0, _rows * columns);

    public ReadOnlySpan<int> Labels => _labels.AsSpan(0, _rows);

    public void BeginEpoch(Xoshiro256? random)
    {
        _next = 0;
        if (random is { } generator)
        {
            generator.Permute(_order);
            return;
        }

        for (int i = 0; i < _order.Length; i++)
            _order[i] = i;
    }

    /// <summary>Loads the next batch; at the end of the shard it begins again or, if not to wrap, has no
    /// rows.</summary>
    public void Advance(bool wrap)
    {
        if (_next == labels.Length && wrap)
            _next = 0;
        _rows = Math.Min(_labels.Length, labels.Length - _next);
        ReadOnlySpan<float> source = features;
        for (int i = 0; i < _rows; i++)
        {
            int row = _order[_next + i];
            source.Slice(row * columns, columns).CopyTo(_features.AsSpan(i * columns));
            _labels[i] = labels[row];
        }

        _next += _rows;
    }
}
