namespace TaskGraph.Worker.Execution;

/// <summary>
/// How many ends of runs are told together. What it takes to tell one, here and at the scheduler, is some 100 µs of processor
/// time, and nothing stands still while the threads have their next runs at hand.
/// </summary>
internal enum EndPace
{
    /// <summary>Each at once.</summary>
    Each,

    /// <summary>So many that half of the queued runs are left when the scheduler hears of it.</summary>
    Half,

    /// <summary>A batch: telling costs more than such runs do.</summary>
    Batch,
}

/// <summary>What the paces mean, and which one suits.</summary>
internal static class EndPaces
{
    private const int BatchSize = 16;
    private const long TinyUs = 50;
    private const long ShortUs = 5000;

    /// <summary>The pace for runs that last so long.</summary>
    public static EndPace For(long meanUs) =>
        meanUs < TinyUs ? EndPace.Batch : meanUs < ShortUs ? EndPace.Half : EndPace.Each;

    /// <summary>With how many ends the loop is woken while so many runs are queued.</summary>
    public static int Gathered(this EndPace pace, int queued) => pace switch
    {
        EndPace.Each => 1,
        EndPace.Half => Math.Clamp(queued / 2, 1, BatchSize),
        _ => BatchSize,
    };
}
