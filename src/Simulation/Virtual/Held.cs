namespace TaskGraph.Simulation;

/// <summary>A future that a client was given, and what became of it.</summary>
internal sealed class Held(FutureSet set, int slot, Work work) : IFutureObserver
{
    private int _settledCount;
    private bool _isRetried;

    public FutureSet Set { get; } = set;

    public int Slot { get; } = slot;

    public Work Work { get; } = work;

    public TaskId Id => Set.IdOf(Slot);

    public FutureStatus Status => Set.StatusOf(Slot);

    public bool IsReleased { get; set; }

    /// <summary>A retry was asked for: it may end once more.</summary>
    public void NoteRetry() => _isRetried = true;

    /// <summary>Each future is said to have ended once (once more after a retry).</summary>
    public void On(FutureSet set, int slot, FutureNews news)
    {
        if (slot != Slot || news != FutureNews.Settled)
            return;
        _settledCount++;
        Checks.Require(_settledCount == 1 || _isRetried, Id, $"its future has settled {_settledCount} times");
    }

    public void RequireSettled() => Checks.Require(_settledCount > 0, Id, "its future has ended and nobody was told");
}
