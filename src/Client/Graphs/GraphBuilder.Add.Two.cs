using System.Runtime.CompilerServices;

namespace TaskGraph;

// Tasks of two arguments, in the shapes of Client.Submit.
public sealed partial class GraphBuilder
{
    /// <summary>Adds a function of 2 values.</summary>
    public GraphTask<R> Add<T1, T2, R>(Func<T1, T2, R> function, T1 first, T2 second, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Add<R>(options);

    /// <summary>Adds a function of a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<R> Add<T1, T2, R>(Func<T1, T2, R> function, T1 first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Add<R>(options);

    /// <summary>Adds a function of a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<R> Add<T1, T2, R>(Func<T1, T2, R> function, Arg<T1> first, T2 second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Add<R>(options);

    /// <summary>Adds a function of 2 results.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<R> Add<T1, T2, R>(Func<T1, T2, R> function, Arg<T1> first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Add<R>(options);

    /// <summary>Adds an asynchronous function of 2 values.</summary>
    public GraphTask<R> Add<T1, T2, R>(Func<T1, T2, Task<R>> function, T1 first, T2 second,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Add<R>(options);

    /// <summary>Adds an asynchronous function of a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<R> Add<T1, T2, R>(Func<T1, T2, Task<R>> function, T1 first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Add<R>(options);

    /// <summary>Adds an asynchronous function of a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<R> Add<T1, T2, R>(Func<T1, T2, Task<R>> function, Arg<T1> first, T2 second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Add<R>(options);

    /// <summary>Adds an asynchronous function of 2 results.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<R> Add<T1, T2, R>(Func<T1, T2, Task<R>> function, Arg<T1> first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Add<R>(options);

    /// <summary>Adds an action of 2 values.</summary>
    public GraphTask<Unit> Add<T1, T2>(Action<T1, T2> function, T1 first, T2 second, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Add<Unit>(options);

    /// <summary>Adds an action of a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<Unit> Add<T1, T2>(Action<T1, T2> function, T1 first, Arg<T2> second, SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Add<Unit>(options);

    /// <summary>Adds an action of a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<Unit> Add<T1, T2>(Action<T1, T2> function, Arg<T1> first, T2 second, SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Add<Unit>(options);

    /// <summary>Adds an action of 2 results.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<Unit> Add<T1, T2>(Action<T1, T2> function, Arg<T1> first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of 2 values.</summary>
    public GraphTask<Unit> Add<T1, T2>(Func<T1, T2, Task> function, T1 first, T2 second, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<Unit> Add<T1, T2>(Func<T1, T2, Task> function, T1 first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<Unit> Add<T1, T2>(Func<T1, T2, Task> function, Arg<T1> first, T2 second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of 2 results.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<Unit> Add<T1, T2>(Func<T1, T2, Task> function, Arg<T1> first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Add<Unit>(options);
}
