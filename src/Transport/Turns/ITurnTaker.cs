namespace TaskGraph.Transport.Turns;

/// <summary>
/// A loop whose turns a <see cref="TurnDriver"/> carries out: never two at a time, on changing threads.
/// </summary>
public interface ITurnTaker
{
    /// <summary>Takes one turn: everything that has come, as far as one turn goes.</summary>
    /// <returns>
    /// When the next turn is due even if nothing comes, in <see cref="System.Diagnostics.Stopwatch"/> microseconds
    /// (<see cref="TurnDriver.NowUs"/>); <see cref="TurnDriver.AtOnce"/> = more is waiting,
    /// <see cref="TurnDriver.Over"/> = this was the last turn.
    /// </returns>
    long TakeTurn();

    /// <summary>No turn follows. Called once, on the driver's own thread.</summary>
    /// <param name="failure">What a turn threw; null = a turn was the last by its own word.</param>
    void End(Exception? failure);
}
