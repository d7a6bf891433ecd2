namespace TaskGraph.Ml;

/// <summary>What a rule exchanges.</summary>
public enum ExchangeKind
{
    /// <summary>Gradients, before each optimiser step.</summary>
    Gradients,

    /// <summary>Parameters, after some optimiser steps.</summary>
    Parameters,
}

/// <summary>
/// A distributed training algorithm as a pure state machine on flat spans: it decides when to exchange, what to
/// send, and
/// what to make of the sum. It touches no clock, thread or socket.
/// </summary>
public interface ITrainingRule
{
    /// <summary>Whether gradients or parameters are exchanged.</summary>
    ExchangeKind Kind { get; }

    /// <summary>Factor on the optimiser's learning rate.</summary>
    float LearningRateFactor { get; }

    /// <summary>Outer state that all trainers share, for export and import; empty if there is none.</summary>
    Span<float> State { get; }

    /// <summary>An epoch begins at these parameters, the same on every trainer.</summary>
    void BeginEpoch(ReadOnlySpan<float> theta);

    /// <summary>
    /// Whether to exchange after <paramref name="done"/> of the epoch's steps, H local steps being agreed by the group.
    /// </summary>
    bool IsDue(int done, int stepsInEpoch, int stepsBetweenExchanges);

    /// <summary>Writes this trainer's weighted contribution (parameters or gradient).</summary>
    void Compose(ReadOnlySpan<float> own, float weight, Span<float> outbound);

    /// <summary>Takes the group's sum and the sum of all weights, and writes the new parameters or gradient.</summary>
    void Apply(ReadOnlySpan<float> sum, float totalWeight, Span<float> target);
}
