namespace TaskGraph.Ml;

/// <summary>Cuts a shard into mini-batches, in a new order each epoch; the last, short batch is kept.</summary>
internal sealed class ShardBatches
{
    private const ulong ShuffleStream = 1;

    private readonly Shard _shard;
    private readonly int _batchSize;
    private readonly int[] _order;
    private readonly int[] _labels;

    public ShardBatches(Shard shard, int batchSize)
    {
        _shard = shard;
        _batchSize = Math.Clamp(shard.Rows, 1, batchSize);
        _order = new int[shard.Rows];
        _labels = new int[_batchSize];
        Reset();
    }

    public int BatchSize => _batchSize;

    /// <summary>Batches of one epoch.</summary>
    public int Count => (_shard.Rows + _batchSize - 1) / _batchSize;

    /// <summary>
    /// Orders the rows anew. The order depends on seed, rank and epoch alone, so a resumed training needs no state of
    /// a generator.
    /// </summary>
    public void Shuffle(ulong seed, int rank, int epoch)
    {
        Reset();
        new SeededRandom(seed, ShuffleStream + (uint)rank, (uint)epoch).Shuffle(_order);
    }

    /// <summary>Copies a batch's rows to <paramref name="network"/>'s input; returns their labels.</summary>
    public ReadOnlySpan<int> Load(int batch, MlpNetwork network)
    {
        var rows = _order.AsSpan(batch * _batchSize, Math.Min(_batchSize, _order.Length - (batch * _batchSize)));
        int width = _shard.FeatureCount;
        var input = network.Input(rows.Length);
        ReadOnlySpan<float> features = _shard.Features;
        int[] labels = _shard.Labels;
        for (int i = 0; i < rows.Length; i++)
        {
            int row = rows[i];
            features.Slice(row * width, width).CopyTo(input.Slice(i * width, width));
            _labels[i] = labels[row];
        }

        return _labels.AsSpan(0, rows.Length);
    }

    private void Reset()
    {
        for (int i = 0; i < _order.Length; i++)
            _order[i] = i;
    }
}
