using System.Diagnostics;

namespace TaskGraph.Ml;

/// <summary>
/// Trains on one shard, epoch by epoch, in step with the other members of the group: all make the same number of
/// exchanges, however their shards differ.
/// </summary>
internal sealed class ShardTrainer
{
    private const int ProbedSteps = 50;
    private const int ProbedExchanges = 3;

    private readonly TrainerSettings _settings;
    private readonly ICommunicator _group;
    private readonly LocalTrainer _trainer;
    private readonly IExchangeRule _rule;
    private readonly float[] _sums = new float[EpochSums.Length];
    private double _stepSeconds;
    private double _syncSeconds;
    private int _mostSteps = -1;

    public ShardTrainer(TrainerSettings settings, Shard shard, ICommunicator group, TrainerState start)
    {
        _settings = settings;
        _group = group;
        int length = new MlpShape(settings.LayerSizes).Length;
        _rule = settings.Strategy.CreateRule(length, group.Size);
        _trainer = new LocalTrainer(settings, shard, _rule.LearningRateFactor);
        start.Theta.CopyTo(_trainer.Theta.Span);
        _rule.Begin(start.Theta);
        if (start.OuterMomentum.Length == _rule.Momentum.Length)
            start.OuterMomentum.CopyTo(_rule.Momentum);
        Epoch = start.Epoch;
    }

    /// <summary>Epochs finished, those before the start included.</summary>
    public int Epoch { get; private set; }

    /// <summary>A copy of what is needed to go on from here; the same on every rank after an epoch.</summary>
    public TrainerState State => new()
    {
        Epoch = Epoch,
        Theta = _trainer.Theta.Span.ToArray(),
        OuterMomentum = _rule.Momentum.ToArray(),
    };

    private bool IsAlone => _group.Size == 1;

    /// <summary>Runs one epoch; the report is the same on every rank, but for the wall-clock time.</summary>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    /// <exception cref="CommunicatorException">Another member was lost.</exception>
    public async Task<EpochReport> RunEpochAsync(CancellationToken cancellation = default)
    {
        long begin = Stopwatch.GetTimestamp();
        _syncSeconds = 0;
        if (_mostSteps < 0)
            await AgreeOnStepsAsync(cancellation).ConfigureAwait(false);
        _trainer.BeginEpoch(_group.Rank, Epoch);
        int interval = IsAlone ? 0 : _rule.StepsBetweenExchanges
            ?? await ChooseIntervalAsync(cancellation).ConfigureAwait(false);
        _rule.BeginEpoch(interval);
        long beginSteps = Stopwatch.GetTimestamp();
        double syncBefore = _syncSeconds;
        if (IsAlone)
            Steps(0, _trainer.Steps, cancellation);
        else
            await RoundsAsync(interval, cancellation).ConfigureAwait(false);

        double steps = Stopwatch.GetElapsedTime(beginSteps).TotalSeconds - (_syncSeconds - syncBefore);
        _stepSeconds = steps / Math.Max(1, _trainer.Steps);
        double compute = Stopwatch.GetElapsedTime(begin).TotalSeconds - _syncSeconds;
        EpochSums.Write(_sums, _trainer.Tally, compute, _syncSeconds);
        await SumAsync(_sums, cancellation).ConfigureAwait(false);
        Epoch++;
        var report = EpochSums.Read(_sums, _group.Size);
        if (!double.IsFinite(report.Loss))
            throw new TrainingDivergedException(Epoch);
        return report with
        {
            Epoch = Epoch,
            Seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds,
            StepsBetweenExchanges = interval,
        };
    }

    private async Task RoundsAsync(int interval, CancellationToken cancellation)
    {
        int rounds = (_mostSteps + interval - 1) / interval;
        for (int round = 0; round < rounds; round++)
        {
            if (_rule.ExchangesGradients)
            {
                await SharedStepAsync(round, cancellation).ConfigureAwait(false);
                continue;
            }

            // A smaller shard spreads its steps evenly over the rounds of the largest.
            int first = (int)((long)_trainer.Steps * round / rounds);
            int last = (int)((long)_trainer.Steps * (round + 1) / rounds);
            await LocalRoundAsync(first, last, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// One step along the gradient of all ranks' batches; a rank whose batches are used up adds no rows.
    /// </summary>
    private async Task SharedStepAsync(int step, CancellationToken cancellation)
    {
        int rows = 0;
        if (step < _trainer.Steps)
            rows = _trainer.Sum(step);
        else
            _trainer.Gradient.Span.Clear();
        _rule.Compose(_trainer.Gradient.Span, rows);
        await SumAsync(_rule.Outbound, cancellation).ConfigureAwait(false);
        float total = _rule.Apply(_trainer.Gradient.Span);
        _trainer.Step(total, rows);
    }

    private async Task LocalRoundAsync(int first, int last, CancellationToken cancellation)
    {
        Steps(first, last, cancellation);
        _rule.Compose(_trainer.Theta.Span, 0);
        await SumAsync(_rule.Outbound, cancellation).ConfigureAwait(false);
        _rule.Apply(_trainer.Theta.Span);
    }

    private void Steps(int first, int last, CancellationToken cancellation)
    {
        for (int step = first; step < last; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            int rows = _trainer.Sum(step);
            _trainer.Step(rows, rows);
        }
    }

    private async Task AgreeOnStepsAsync(CancellationToken cancellation)
    {
        // A sum in which every rank fills its own place shows everybody's value to everybody.
        float[] steps = new float[_group.Size];
        steps[_group.Rank] = _trainer.Steps;
        await SumAsync(steps, cancellation).ConfigureAwait(false);
        _mostSteps = (int)steps.Max();
        if (_mostSteps == 0)
            throw new ArgumentException("There are no rows to train on.");
    }

    /// <summary>Times exchanges and, before the first epoch, steps; all ranks choose by the same mean times.</summary>
    private async Task<int> ChooseIntervalAsync(CancellationToken cancellation)
    {
        if (_stepSeconds == 0)
            _stepSeconds = ProbeSteps(cancellation);

        // The first exchange waits for the slowest; the others show what an exchange costs.
        var probe = _rule.Outbound;
        await SumAsync(probe, cancellation).ConfigureAwait(false);
        double before = _syncSeconds;
        for (int i = 0; i < ProbedExchanges; i++)
        {
            probe.Span.Clear();
            await SumAsync(probe, cancellation).ConfigureAwait(false);
        }

        float[] times = [(float)((_syncSeconds - before) / ProbedExchanges), (float)_stepSeconds];
        await SumAsync(times, cancellation).ConfigureAwait(false);
        return AutomaticInterval.Choose(times[0], times[1], _mostSteps);
    }

    private double ProbeSteps(CancellationToken cancellation)
    {
        int steps = Math.Min(ProbedSteps, _trainer.Steps);
        if (steps == 0)
            return 0;
        long begin = Stopwatch.GetTimestamp();
        for (int step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            _trainer.Sum(step);
        }

        _trainer.ClearTally();
        return Stopwatch.GetElapsedTime(begin).TotalSeconds / steps;
    }

    private async Task SumAsync(Memory<float> values, CancellationToken cancellation)
    {
        if (IsAlone)
            return;
        long begin = Stopwatch.GetTimestamp();
        await _group.AllReduceAsync(values, cancellation).ConfigureAwait(false);
        _syncSeconds += Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
