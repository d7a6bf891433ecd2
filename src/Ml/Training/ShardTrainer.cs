namespace TaskGraph.Ml;

/// <summary>
/// Trains a network on one shard together with the other members of a group. All members take the same number of
/// steps and
/// exchanges whatever the sizes of their shards: under an exchange of gradients a member without rows left contributes
/// none, under an exchange of parameters it starts its shard again.
/// </summary>
public sealed class ShardTrainer
{
    private readonly MlpNetwork _network;
    private readonly ILocalOptimizer _optimizer;
    private readonly TrainerOptions _options;
    private readonly IExchange _exchange;
    private readonly TimeProvider _clock;
    private readonly ITrainingRule _rule;
    private readonly BatchWalker _batches;
    private readonly int _rows;
    private readonly float[] _theta;
    private readonly float[] _gradient;
    private readonly float[] _outbound;
    private readonly float[] _totals = new float[Totals.Count];
    private int _epoch;
    private int _stepsInEpoch;
    private int _stepsBetweenExchanges;
    private Tally _tally;

    /// <summary>Creates a trainer; every member of the group starts from the same parameters.</summary>
    /// <exception cref="ArgumentException">The features do not match the labels and the network's inputs.</exception>
    public ShardTrainer(
        MlpShape shape,
        float[] features,
        int[] labels,
        ReadOnlySpan<float> theta,
        ILocalOptimizer optimizer,
        TrainerOptions options,
        IExchange exchange,
        TimeProvider? clock = null)
    {
        if (features.Length != labels.Length * shape.Inputs)
        {
            throw new ArgumentException(
                $"{labels.Length} labels with {shape.Inputs} inputs need {labels.Length * shape.Inputs} features, "
                + $"not {features.Length}.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchSize);
        _network = new MlpNetwork(shape, options.BatchSize);
        _optimizer = optimizer;
        _options = options;
        _exchange = exchange;
        _clock = clock ?? TimeProvider.System;
        _rows = labels.Length;
        _rule = options.Strategy.CreateRule(exchange.Size, shape.ParameterCount);
        _batches = new BatchWalker(features, labels, shape.Inputs, options.BatchSize);
        _theta = theta.ToArray();
        _gradient = new float[shape.ParameterCount];
        _outbound = new float[shape.ParameterCount + 1];
        optimizer.LearningRate *= _rule.LearningRateFactor;
    }

    /// <summary>The parameters; equal on all members between epochs.</summary>
    public ReadOnlySpan<float> Theta => _theta;

    /// <summary>Copies what a new group needs to continue from here.</summary>
    public TrainerState Export() =>
        new(_epoch, [.. _theta], _rule.State.ToArray(), _stepsBetweenExchanges);

    /// <summary>Continues from an exported state; the local optimiser starts afresh.</summary>
    /// <exception cref="ArgumentException">The state belongs to another network.</exception>
    public void Import(TrainerState state)
    {
        if (state.Theta.Length != _theta.Length)
            throw new ArgumentException($"The state has {state.Theta.Length} parameters, the network {_theta.Length}.");
        state.Theta.CopyTo(_theta, 0);
        if (state.RuleState.Length == _rule.State.Length)
            state.RuleState.CopyTo(_rule.State);
        else
            throw new ArgumentException("The state was written by another strategy.");
        _epoch = state.Epoch;
        _stepsBetweenExchanges = state.StepsBetweenExchanges;
        _optimizer.Reset();
    }

    /// <summary>Trains one epoch with the group and reports it.</summary>
    public async ValueTask<EpochReport> RunEpochAsync(CancellationToken cancellationToken)
    {
        long began = _clock.GetTimestamp();
        _tally = default;
        if (_stepsInEpoch == 0)
            await AgreeOnStepsAsync(cancellationToken);
        int interval = _options.Strategy.LocalSteps
            ?? (_stepsBetweenExchanges > 0 ? _stepsBetweenExchanges : ExchangeInterval.Choose(0, 0, _stepsInEpoch));
        _batches.BeginEpoch(
            _options.Shuffle ? Xoshiro256.ForStream(_options.Seed, _exchange.Rank, _epoch) : null);
        _rule.BeginEpoch(_theta);
        bool sharesGradients = _rule.Kind == ExchangeKind.Gradients;
        for (int done = 1; done <= _stepsInEpoch; done++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            float rows = ComputeGradient(wrap: !sharesGradients);
            if (sharesGradients && _exchange.Size > 1)
                rows = await ExchangeAsync(_gradient, rows, cancellationToken);
            if (rows > 0)
                Step(rows);
            if (!sharesGradients && _rule.IsDue(done, _stepsInEpoch, interval))
                await ExchangeAsync(_theta, _rows > 0 ? 1f : 0f, cancellationToken);
        }

        double compute = _clock.GetElapsedTime(began).TotalSeconds - _tally.SyncSeconds;
        await CombineTotalsAsync(compute / Math.Max(1, _stepsInEpoch), cancellationToken);
        return Report(began, interval);
    }

    private float ComputeGradient(bool wrap)
    {
        _batches.Advance(wrap);
        ReadOnlySpan<int> labels = _batches.Labels;
        (double loss, int correct) = _network.ComputeGradient(_theta, _batches.Features, labels, _gradient);
        _tally.Loss += loss;
        _tally.Correct += correct;
        _tally.Rows += labels.Length;
        _tally.StepRows = labels.Length;
        return labels.Length;
    }

    // The penalty counts the rows of the whole step, so that p trainers equal one with a p-fold batch.
    private void Step(float rows)
    {
        double penalty = WeightPenalty.Add(_network.Shape, _theta, _gradient, _options.Alpha / rows);
        _tally.Loss += penalty * _tally.StepRows;
        _optimizer.Step(_theta, _gradient);
    }

    private async ValueTask<float> ExchangeAsync(float[] target, float weight, CancellationToken cancellationToken)
    {
        _rule.Compose(target, weight, _outbound);
        _outbound[^1] = weight;
        long began = _clock.GetTimestamp();
        await _exchange.AllReduceAsync(_outbound, cancellationToken);
        _tally.AddExchange(_clock.GetElapsedTime(began).TotalSeconds);
        float total = _outbound[^1];
        if (total > 0)
            _rule.Apply(_outbound.AsSpan(0, target.Length), total, target);
        return total;
    }

    // A sum with one slot for each rank gathers every member's count; each takes the largest.
    private async ValueTask AgreeOnStepsAsync(CancellationToken cancellationToken)
    {
        var counts = new float[_exchange.Size];
        counts[_exchange.Rank] = _batches.Batches;
        await _exchange.AllReduceAsync(counts, cancellationToken);
        foreach (float count in counts)
            _stepsInEpoch = Math.Max(_stepsInEpoch, (int)count);
        if (_stepsInEpoch == 0)
            throw new InvalidOperationException("No trainer of the group has any rows.");
    }

    private async ValueTask CombineTotalsAsync(double stepSeconds, CancellationToken cancellationToken)
    {
        _totals[Totals.Loss] = (float)_tally.Loss;
        _totals[Totals.Correct] = _tally.Correct;
        _totals[Totals.Rows] = _tally.Rows;
        _totals[Totals.StepSeconds] = (float)stepSeconds;
        _totals[Totals.ExchangeSeconds] = (float)_tally.FastestExchange;
        long began = _clock.GetTimestamp();
        await _exchange.AllReduceAsync(_totals, cancellationToken);
        _tally.SyncSeconds += _clock.GetElapsedTime(began).TotalSeconds;
    }

    private EpochReport Report(long began, int interval)
    {
        _epoch++;
        _stepsBetweenExchanges = _options.Strategy.LocalSteps
            ?? ExchangeInterval.Choose(_totals[Totals.ExchangeSeconds], _totals[Totals.StepSeconds], _stepsInEpoch);
        double rows = _totals[Totals.Rows];
        double seconds = _clock.GetElapsedTime(began).TotalSeconds;
        return new EpochReport(
            _epoch,
            _totals[Totals.Loss] / rows,
            _totals[Totals.Correct] / rows,
            (long)rows,
            seconds - _tally.SyncSeconds,
            _tally.SyncSeconds,
            interval);
    }

    private static class Totals
    {
        public const int Loss = 0;
        public const int Correct = 1;
        public const int Rows = 2;
        public const int StepSeconds = 3;
        public const int ExchangeSeconds = 4;
        public const int Count = 5;
    }

    private struct Tally
    {
        public double Loss;
        public int Correct;
        public int Rows;
        public int StepRows;
        public double SyncSeconds;
        public double FastestExchange;

        // The fastest is the cost of the exchange itself; the others also waited for slower members.
        public void AddExchange(double seconds)
        {
            SyncSeconds += seconds;
            FastestExchange = FastestExchange == 0 ? seconds : Math.Min(FastestExchange, seconds);
        }
    }
}
