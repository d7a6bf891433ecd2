namespace TaskGraph.Simulation;

/// <summary>
/// The inputs of one simulated run, beside its choices. Equal scenarios and choices give equal runs, event by event.
/// </summary>
internal sealed record Scenario(int Seed)
{
    public int Workers { get; init; } = 3;

    public int Threads { get; init; } = 2;

    public int Clients { get; init; } = 1;

    /// <summary>Graphs that clients submit, each at its own moment.</summary>
    public int Graphs { get; init; } = 3;

    public int TasksPerGraph { get; init; } = 12;

    /// <summary>Most inputs of a task.</summary>
    public int Width { get; init; } = 3;

    /// <summary>Inputs that one message to a worker may name, so that those of one task go in several; 0 = as many as it takes.</summary>
    public int InputsPerMessage { get; init; }

    /// <summary>Messages of inputs that are written before they are sent; 0 = as many as usual.</summary>
    public int MessagesPerPart { get; init; }

    public Faults Faults { get; init; }

    /// <summary>Draws everything else from the seed.</summary>
    public static Scenario OfSeed(int seed)
    {
        var choices = Choices.OfSeed(seed ^ 0x5EED0000);
        return new Scenario(seed)
        {
            Workers = choices.Next(1, 6),
            Threads = choices.Next(1, 4),
            Clients = choices.Next(1, 3),
            Graphs = choices.Next(1, 6),
            TasksPerGraph = choices.Next(1, 30),
            Width = choices.Next(0, 5),
            Faults = RandomFaults(choices),
            InputsPerMessage = Math.Max(0, choices.Next(6) - 2),
            MessagesPerPart = choices.Next(4),
        };
    }

    /// <summary>As <see cref="OfSeed(int)"/>, but of this size; every third seed has fewer workers or tasks.</summary>
    public static Scenario OfSeed(int seed, int workers, int tasks)
    {
        var choices = Choices.OfSeed(seed ^ 0x5EED0000);
        var graphs = choices.Next(1, 5);
        return OfSeed(seed) with
        {
            Workers = choices.Next(3) == 0 ? choices.Next(1, workers + 1) : workers,
            Graphs = graphs,
            TasksPerGraph = Math.Max(1, tasks / graphs / (choices.Next(3) == 0 ? choices.Next(1, 5) : 1)),
        };
    }

    /// <summary>
    /// Larger and with half of all kinds of faults at once: runs that <see cref="OfSeed(int)"/> draws next to never.
    /// </summary>
    public static Scenario WideOfSeed(int seed)
    {
        var choices = Choices.OfSeed(seed ^ 0x31DE0000);
        return new Scenario(seed)
        {
            Workers = choices.Next(1, 7),
            Threads = choices.Next(1, 5),
            Clients = choices.Next(1, 3),
            Graphs = choices.Next(1, 7),
            TasksPerGraph = choices.Next(1, 31),
            Width = choices.Next(0, 7),
            Faults = (Faults)choices.Next((int)Faults.All + 1),
            InputsPerMessage = Math.Max(0, choices.Next(6) - 2),
            MessagesPerPart = choices.Next(4),
        };
    }

    /// <summary>One kind surely, and of the others a quarter on average: so that kinds also meet in pairs.</summary>
    private static Faults RandomFaults(Choices choices)
    {
        var faults = FaultKinds.Each[choices.Next(FaultKinds.Each.Length)];
        var percent = choices.Next(50);
        foreach (var kind in FaultKinds.Each)
        {
            // Whoever crashes the scheduler loses everything else that was under way: seldom.
            if (choices.Chance(kind switch
            {
                Faults.SchedulerCrash => percent / 8,
                Faults.Restarts => percent / 3,
                _ => percent,
            }))
                faults |= kind;
        }

        return faults;
    }
}
