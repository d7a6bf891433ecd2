using System.Runtime.CompilerServices;

namespace TaskGraph;

// One call, one future: functions of two arguments. Priorities count the Args, so that a lambda
// over a future means its result. Every overload is the same sentence; what it does is in CallBuilder.
public sealed partial class Client
{
    /// <summary>Runs a function of 2 values.</summary>
    public Future<R> Submit<T1, T2, R>(Func<T1, T2, R> function, T1 first, T2 second, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Submit<R>(options);

    /// <summary>Runs a function of a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R> Submit<T1, T2, R>(Func<T1, T2, R> function, T1 first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Submit<R>(options);

    /// <summary>Runs a function of a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R> Submit<T1, T2, R>(Func<T1, T2, R> function, Arg<T1> first, T2 second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Submit<R>(options);

    /// <summary>Runs a function of 2 results.</summary>
    [OverloadResolutionPriority(2)]
    public Future<R> Submit<T1, T2, R>(Func<T1, T2, R> function, Arg<T1> first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 2 values.</summary>
    public Future<R> Submit<T1, T2, R>(Func<T1, T2, Task<R>> function, T1 first, T2 second,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Submit<R>(options);

    /// <summary>Runs an asynchronous function of a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R> Submit<T1, T2, R>(Func<T1, T2, Task<R>> function, T1 first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Submit<R>(options);

    /// <summary>Runs an asynchronous function of a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R> Submit<T1, T2, R>(Func<T1, T2, Task<R>> function, Arg<T1> first, T2 second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 2 results.</summary>
    [OverloadResolutionPriority(2)]
    public Future<R> Submit<T1, T2, R>(Func<T1, T2, Task<R>> function, Arg<T1> first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Submit<R>(options);

    /// <summary>Runs an action of 2 values.</summary>
    public Future<Unit> Submit<T1, T2>(Action<T1, T2> function, T1 first, T2 second, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Submit<Unit>(options);

    /// <summary>Runs an action of a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit> Submit<T1, T2>(Action<T1, T2> function, T1 first, Arg<T2> second, SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Submit<Unit>(options);

    /// <summary>Runs an action of a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit> Submit<T1, T2>(Action<T1, T2> function, Arg<T1> first, T2 second, SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Submit<Unit>(options);

    /// <summary>Runs an action of 2 results.</summary>
    [OverloadResolutionPriority(2)]
    public Future<Unit> Submit<T1, T2>(Action<T1, T2> function, Arg<T1> first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 2 values.</summary>
    public Future<Unit> Submit<T1, T2>(Func<T1, T2, Task> function, T1 first, T2 second, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit> Submit<T1, T2>(Func<T1, T2, Task> function, T1 first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit> Submit<T1, T2>(Func<T1, T2, Task> function, Arg<T1> first, T2 second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 2 results.</summary>
    [OverloadResolutionPriority(2)]
    public Future<Unit> Submit<T1, T2>(Func<T1, T2, Task> function, Arg<T1> first, Arg<T2> second,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Submit<Unit>(options);
}
