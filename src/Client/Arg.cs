namespace TaskGraph;

/// <summary>
/// An argument of a task that the worker fills in: another task's result (<see cref="Future{T}"/>,
/// <see cref="GraphTask{T}"/>), several of them (<see cref="Arg.All"/>), or a wrapped value (<see cref="Arg.Of"/>).
/// </summary>
/// <typeparam name="T">The type of the value that the function receives.</typeparam>
public abstract class Arg<T>
{
    private protected Arg()
    {
    }

    /// <summary>Writes this argument into the call that is being built.</summary>
    internal abstract void AddTo(CallBuilder call);
}

/// <summary>Makes arguments where an overload asks for results only, or for several results as one sequence.</summary>
public static class Arg
{
    /// <summary>Wraps a value, so that it can stand beside results in calls of four and more arguments.</summary>
    public static Arg<T> Of<T>(T value) => new ValueArg<T>(value);

    /// <summary>All results as one array, in the order given.</summary>
    public static Arg<T[]> All<T>(IEnumerable<Arg<T>> results) => new SequenceArg<T, T[]>(results);

    /// <summary>All results as one sequence, in the order given.</summary>
    internal static Arg<IEnumerable<T>> Sequence<T>(IEnumerable<Arg<T>> results)
        => new SequenceArg<T, IEnumerable<T>>(results);

    private sealed class ValueArg<T>(T value) : Arg<T>
    {
        internal override void AddTo(CallBuilder call) => call.Value(value);
    }

    private sealed class SequenceArg<T, TSequence>(IEnumerable<Arg<T>> results) : Arg<TSequence>
    {
        internal override void AddTo(CallBuilder call) => call.Sequence(results);
    }
}
