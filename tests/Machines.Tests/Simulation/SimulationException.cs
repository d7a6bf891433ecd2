namespace Machines.Tests.Simulation;

/// <summary>Something happened in a simulated run that must never happen.</summary>
public sealed class SimulationException(string message, Exception? inner = null) : Exception(message, inner);
