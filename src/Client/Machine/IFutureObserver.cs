namespace TaskGraph;

/// <summary>What an observer is told of a future.</summary>
internal enum FutureNews
{
    /// <summary>The task has ended, well or not. Told exactly once per future and retry.</summary>
    Settled,

    /// <summary>A settled task's result is elsewhere now (computed again), or cannot be had any more.</summary>
    Moved,
}

/// <summary>Somebody who waits for futures. Called while the client's lock is held: note the news and return.</summary>
internal interface IFutureObserver
{
    void On(FutureSet set, int slot, FutureNews news);
}
