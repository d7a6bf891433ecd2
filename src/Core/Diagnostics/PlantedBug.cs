#if PLANTED
namespace TaskGraph.Diagnostics;

/// <summary>
/// Which of the bugs behind <c>#if PLANTED</c> is alive: they prove that the simulator finds such things. No build has them
/// but one made with <c>-p:Planted=true</c>; docs/simulation.md lists them.
/// </summary>
public static class PlantedBug
{
    /// <summary>The bug's number, 0 = none.</summary>
    public static int Alive { get; set; }

    /// <summary>Whether bug <paramref name="number"/> is alive.</summary>
    public static bool Is(int number) => Alive == number;
}
#endif
