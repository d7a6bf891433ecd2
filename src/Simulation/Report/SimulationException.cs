namespace TaskGraph.Simulation;

/// <summary>Something happened in a simulated run that must never happen.</summary>
internal sealed class SimulationException(string message, Exception? inner = null) : TaskGraphException(message, inner);
