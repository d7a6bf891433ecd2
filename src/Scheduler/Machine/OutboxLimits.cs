namespace TaskGraph.Scheduler.Machine;

/// <summary>How much of a wide task goes into one message to its worker, and how much of it is written before it is sent.</summary>
internal sealed record OutboxLimits
{
    public static OutboxLimits Default { get; } = new();

    /// <summary>Inputs per message: with 40 bytes each well inside a frame.</summary>
    public int MaxInputs { get; init; } = 8192;

    /// <summary>Messages of inputs that are written before they are sent: 300 kB each.</summary>
    public int MaxPartMessages { get; init; } = 8;
}
