namespace TaskGraph.Simulation;

/// <summary>A connection to the scheduler.</summary>
internal sealed class Session
{
    public required Link Up { get; init; }

    public required Link Down { get; init; }

    /// <summary>What the far end does when it notices that the connection is gone.</summary>
    public required Action<string> Closed { get; init; }

    public bool IsCut { get; private set; }

    /// <summary>Whether its link is gone, and another may take its place.</summary>
    public bool IsHeld => Up.IsHeld && !IsCut;

    public void Cut() => IsCut = Up.IsCut = Down.IsCut = true;

    /// <summary>The link is gone, the session is not.</summary>
    public void Hold()
    {
        Up.Hold();
        Down.Hold();
    }

    public void GoOn()
    {
        Up.GoOn();
        Down.GoOn();
    }
}
