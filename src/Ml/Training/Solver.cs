namespace TaskGraph.Ml;

/// <summary>The update rule that each trainer applies to its mini-batches.</summary>
public enum Solver
{
    /// <summary>Adam with β₁ = 0.9, β₂ = 0.999, ε = 1e-8.</summary>
    Adam,

    /// <summary>Gradient descent with Nesterov momentum.</summary>
    Sgd,
}
