namespace Machines.Tests.Simulation;

/// <summary>What may go wrong in a scenario.</summary>
[Flags]
internal enum Faults
{
    None = 0,

    /// <summary>Workers die; others join in their place.</summary>
    Deaths = 1,

    /// <summary>Connections of workers are cut; each side sees it in its own time.</summary>
    Cuts = 2,

    /// <summary>Workers stand still, now and then for longer than their lease.</summary>
    Freezes = 4,

    /// <summary>Fetches fail, find nothing, or are told to come later.</summary>
    Fetches = 8,

    /// <summary>Clients cancel.</summary>
    Cancels = 16,

    /// <summary>Clients release futures that have not ended.</summary>
    Releases = 32,

    /// <summary>Connections of clients are cut, and dialled again within the lease.</summary>
    ClientCuts = 64,

    /// <summary>The last client leaves, with or without a word.</summary>
    ClientLeaves = 128,

    /// <summary>One worker runs everything twenty times as long as the others.</summary>
    SlowWorker = 256,

    All = 511,
}

/// <summary>The inputs of one simulated run. Equal scenarios give equal runs, event by event.</summary>
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

    public Faults Faults { get; init; }

    /// <summary>Draws everything else from the seed.</summary>
    public static Scenario OfSeed(int seed)
    {
        var random = new Random(seed ^ 0x5EED);
        return new Scenario(seed)
        {
            Workers = random.Next(1, 6),
            Threads = random.Next(1, 4),
            Clients = random.Next(1, 3),
            Graphs = random.Next(1, 6),
            TasksPerGraph = random.Next(1, 30),
            Width = random.Next(0, 5),
            Faults = (Faults)(random.Next(512) & random.Next(512)) | (Faults)(1 << random.Next(9)),
        };
    }
}
