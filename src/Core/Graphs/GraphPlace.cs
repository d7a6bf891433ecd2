namespace TaskGraph;

/// <summary>
/// What the ordering knows of one task, side by side: most of its time would go into waiting for memory, and so one line of
/// the cache tells all that is asked of a neighbour.
/// </summary>
internal struct GraphPlace
{
    /// <summary>Where its inputs start in the column of all inputs.</summary>
    public int FirstInput;

    /// <summary>Where its dependents start in the column of all dependents.</summary>
    public int FirstDependent;

    /// <summary>Inputs that have no place in the order yet.</summary>
    public int PendingInputs;

    /// <summary>Dependents that have no place in the order yet.</summary>
    public int PendingDependents;

    /// <summary>Its place in the order, counted from 1; 0 = none yet.</summary>
    public int Place;

    /// <summary>How many results are held at once to compute it.</summary>
    public int Need;

    /// <summary>How many tasks are run to compute it, shared ones each time.</summary>
    public double Total;
}
