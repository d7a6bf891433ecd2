using System.Runtime.CompilerServices;

namespace TaskGraph;

// Many results as one argument: client.Submit(Enumerable.Sum, squares).
public sealed partial class Client
{
    /// <summary>Runs a function of a sequence of results.</summary>
    [OverloadResolutionPriority(2)]
    public Future<R> Submit<T, R>(Func<IEnumerable<T>, R> function, IEnumerable<Future<T>> results,
        SubmitOptions? options = null)
        => Call(function).Bind(Arg.Sequence(results)).Submit<R>(options);

    /// <summary>Runs an asynchronous function of a sequence of results.</summary>
    [OverloadResolutionPriority(2)]
    public Future<R> Submit<T, R>(Func<IEnumerable<T>, Task<R>> function, IEnumerable<Future<T>> results,
        SubmitOptions? options = null)
        => Call(function).Bind(Arg.Sequence(results)).Submit<R>(options);

    /// <summary>Runs a function of an array of results.</summary>
    [OverloadResolutionPriority(3)]
    public Future<R> Submit<T, R>(Func<T[], R> function, IEnumerable<Future<T>> results, SubmitOptions? options = null)
        => Call(function).Bind(Arg.All(results)).Submit<R>(options);

    /// <summary>Runs an asynchronous function of an array of results.</summary>
    [OverloadResolutionPriority(3)]
    public Future<R> Submit<T, R>(Func<T[], Task<R>> function, IEnumerable<Future<T>> results,
        SubmitOptions? options = null)
        => Call(function).Bind(Arg.All(results)).Submit<R>(options);
}
