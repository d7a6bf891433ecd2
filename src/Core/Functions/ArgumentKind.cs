namespace TaskGraph;

/// <summary>How one argument of a task travels in the argument blob; the numbers are the wire's.</summary>
public enum ArgumentKind
{
    /// <summary>The payload of the parameter's type follows inline.</summary>
    Value = 0,

    /// <summary>An ordinal in the task's dependency list follows.</summary>
    Dependency = 1,

    /// <summary>A first ordinal and a count follow: they become one sequence.</summary>
    Dependencies = 2,

    /// <summary>Nothing follows: the worker passes the task's own cancellation token.</summary>
    CancellationToken = 3,

    /// <summary>A count and as many ordinals follow: a sequence whose parts repeat, or stand elsewhere in the list.</summary>
    DependencyList = 4,

    /// <summary>Nothing follows: the worker passes the actor whose method is called.</summary>
    Actor = 5,
}
