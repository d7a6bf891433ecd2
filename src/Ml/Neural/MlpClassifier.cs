using TaskGraph.Collections;

namespace TaskGraph.Ml;

/// <summary>
/// A multi-layer perceptron for classification (ReLU, softmax, cross-entropy), trained data-parallel on a cluster.
/// Names, defaults and meaning follow scikit-learn's MLPClassifier. Scale the features first
/// (<see cref="StandardScaler"/>). Not for concurrent fits.
/// </summary>
public sealed partial class MlpClassifier
{
    private readonly List<EpochReport> _history = [];
    private MlpModel? _model;

    /// <summary>Units of each hidden layer. One layer of 100.</summary>
    public IReadOnlyList<int> HiddenLayerSizes { get; set; } = [100];

    /// <summary>The trainers' update rule. Adam.</summary>
    public Solver Solver { get; set; } = Solver.Adam;

    /// <summary>Strength of the L2 penalty. 0.0001.</summary>
    public double Alpha { get; set; } = 1e-4;

    /// <summary>Rows of one trainer's step. 200.</summary>
    public int BatchSize { get; set; } = 200;

    /// <summary>The learning rate. 0.001.</summary>
    public double LearningRateInit { get; set; } = 1e-3;

    /// <summary>
    /// Share of the epochs, at their end, over which the learning rate falls to 0. 0.2; 0 = a constant rate, as
    /// scikit-learn has it.
    /// </summary>
    public double CoolDown { get; set; } = 0.2;

    /// <summary>How many times each row is trained on. 200.</summary>
    public int MaxEpochs { get; set; } = 200;

    /// <summary>Nesterov momentum of <see cref="Solver.Sgd"/>. 0.9.</summary>
    public double Momentum { get; set; } = 0.9;

    /// <summary>
    /// Decides the first weights and the order of the rows. With the same seed, rows and number of trainers, and a
    /// strategy that says how many steps lie between exchanges, a fit gives the same result. 0.
    /// </summary>
    public int RandomState { get; set; }

    /// <summary>How the trainers combine their work. Local SGD with outer momentum.</summary>
    public TrainingStrategy Strategy { get; set; } = TrainingStrategy.LocalSgd();

    /// <summary>How many trainers; null = one per thread of the workers.</summary>
    public int? Trainers { get; set; }

    /// <summary>Hears of every epoch.</summary>
    public IProgress<EpochReport>? Progress { get; set; }

    /// <summary>Hears when workers were lost and the group of trainers was formed again.</summary>
    public IProgress<TrainingEvent>? Events { get; set; }

    /// <summary>The classes in order, as a column of the label's type.</summary>
    /// <exception cref="InvalidOperationException">It was not fitted.</exception>
    public Column Classes => Model.Classes!.Columns[0];

    /// <summary>The columns it was fitted on, in order.</summary>
    /// <exception cref="InvalidOperationException">It was not fitted.</exception>
    public IReadOnlyList<string> Features => Model.Features;

    /// <summary>What each epoch of the last fit yielded.</summary>
    public IReadOnlyList<EpochReport> History => _history;

    /// <summary>The loss of each epoch of the last fit.</summary>
    public IReadOnlyList<double> LossCurve => [.. _history.Select(epoch => epoch.Loss)];

    /// <summary>The weights of each layer, inputs × units.</summary>
    /// <exception cref="InvalidOperationException">It was not fitted.</exception>
    public IReadOnlyList<float[,]> Weights
    {
        get
        {
            var shape = new MlpShape(Model.LayerSizes);
            return [.. Enumerable.Range(0, shape.Layers.Length).Select(layer => shape.Weights(Model.Theta, layer))];
        }
    }

    /// <summary>The biases of each layer.</summary>
    /// <exception cref="InvalidOperationException">It was not fitted.</exception>
    public IReadOnlyList<float[]> Biases
    {
        get
        {
            var shape = new MlpShape(Model.LayerSizes);
            return [.. Enumerable.Range(0, shape.Layers.Length).Select(layer => shape.Biases(Model.Theta, layer))];
        }
    }

    private MlpModel Model => _model
        ?? throw new InvalidOperationException("The classifier knows nothing yet; call FitAsync first.");

    /// <summary>
    /// Trains from fresh weights. The columns needed are kept in the workers' memory meanwhile; trainers are tasks that
    /// stay on their workers. A worker that dies costs the epoch at hand: the others go on from the last one.
    /// </summary>
    /// <param name="train">The training rows; in any order but sorted by class.</param>
    /// <param name="features">Numeric columns without nulls.</param>
    /// <param name="label">A column of text, integers or bools without nulls.</param>
    /// <param name="cancellationToken">Stops the trainers.</param>
    /// <exception cref="ArgumentException">An option or a column makes no sense.</exception>
    /// <exception cref="TaskFailedException">The data does not fit, or the training diverged.</exception>
    /// <exception cref="TrainingFailedException">Workers were lost again and again.</exception>
    public async Task<MlpClassifier> FitAsync(
        DataFrame train, IReadOnlyList<string> features, string label, CancellationToken cancellationToken = default)
    {
        Validate();
        var data = await TrainingData.LoadAsync(train, [.. features], label, cancellationToken).ConfigureAwait(false);
        var settings = Settings(features.Count, data.Classes.Length);
        var session = new TrainingSession(data, settings, MaxEpochs, Trainers)
        {
            OnEpoch = Note,
            OnEvent = news => Events?.Report(news),
        };
        _history.Clear();
        var state = await session.RunAsync(TrainerState.Initial(settings), cancellationToken).ConfigureAwait(false);
        _model = new MlpModel
        {
            LayerSizes = settings.LayerSizes,
            Theta = state.Theta,
            Features = data.Features,
            Label = label,
            Classes = Table.FromColumns(data.Classes),
        };
        return this;
    }

    private void Note(EpochReport report)
    {
        _history.Add(report);
        Progress?.Report(report);
    }

    private TrainerSettings Settings(int features, int classes) => new()
    {
        LayerSizes = [features, .. HiddenLayerSizes, classes],
        Solver = Solver,
        Alpha = (float)Alpha,
        BatchSize = BatchSize,
        LearningRate = (float)LearningRateInit,
        Momentum = (float)Momentum,
        Seed = (ulong)RandomState,
        Epochs = MaxEpochs,
        CoolDown = CoolDown,
        Strategy = Strategy,
    };

    private void Validate()
    {
        foreach (int units in HiddenLayerSizes)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units, nameof(HiddenLayerSizes));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchSize, nameof(BatchSize));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxEpochs, nameof(MaxEpochs));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LearningRateInit, nameof(LearningRateInit));
        ArgumentOutOfRangeException.ThrowIfNegative(Alpha, nameof(Alpha));
        ArgumentOutOfRangeException.ThrowIfNegative(CoolDown, nameof(CoolDown));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CoolDown, 1, nameof(CoolDown));
        if (Trainers is { } trainers)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trainers, nameof(Trainers));
    }
}
