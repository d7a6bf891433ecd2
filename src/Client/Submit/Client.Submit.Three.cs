using System.Runtime.CompilerServices;

namespace TaskGraph;

// One call, one future: functions of three arguments. Priorities count the Args, so that a lambda
// over a future means its result. Every overload is the same sentence; what it does is in CallBuilder.
public sealed partial class Client
{
    /// <summary>Runs a function of 3 values.</summary>
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Submit<R>(options);

    /// <summary>Runs a function of a value, a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Bind(third).Submit<R>(options);

    /// <summary>Runs a function of a value, a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Value(third).Submit<R>(options);

    /// <summary>Runs a function of a value, a result, a result.</summary>
    [OverloadResolutionPriority(2)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 first, Arg<T2> second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Bind(third).Submit<R>(options);

    /// <summary>Runs a function of a result, a value, a value.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, R> function, Arg<T1> first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Value(third).Submit<R>(options);

    /// <summary>Runs a function of a result, a value, a result.</summary>
    [OverloadResolutionPriority(2)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, R> function, Arg<T1> first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Bind(third).Submit<R>(options);

    /// <summary>Runs a function of a result, a result, a value.</summary>
    [OverloadResolutionPriority(2)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, R> function, Arg<T1> first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Value(third).Submit<R>(options);

    /// <summary>Runs a function of 3 results.</summary>
    [OverloadResolutionPriority(3)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, R> function, Arg<T1> first, Arg<T2> second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 3 values.</summary>
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, T1 first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Submit<R>(options);

    /// <summary>Runs an asynchronous function of a value, a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, T1 first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Bind(third).Submit<R>(options);

    /// <summary>Runs an asynchronous function of a value, a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, T1 first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Value(third).Submit<R>(options);

    /// <summary>Runs an asynchronous function of a value, a result, a result.</summary>
    [OverloadResolutionPriority(2)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, T1 first, Arg<T2> second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Bind(third).Submit<R>(options);

    /// <summary>Runs an asynchronous function of a result, a value, a value.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, Arg<T1> first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Value(third).Submit<R>(options);

    /// <summary>Runs an asynchronous function of a result, a value, a result.</summary>
    [OverloadResolutionPriority(2)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, Arg<T1> first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Bind(third).Submit<R>(options);

    /// <summary>Runs an asynchronous function of a result, a result, a value.</summary>
    [OverloadResolutionPriority(2)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, Arg<T1> first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Value(third).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 3 results.</summary>
    [OverloadResolutionPriority(3)]
    public Future<R> Submit<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, Arg<T1> first, Arg<T2> second,
        Arg<T3> third, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Submit<R>(options);

    /// <summary>Runs an action of 3 values.</summary>
    public Future<Unit> Submit<T1, T2, T3>(Action<T1, T2, T3> function, T1 first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Submit<Unit>(options);

    /// <summary>Runs an action of a value, a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit> Submit<T1, T2, T3>(Action<T1, T2, T3> function, T1 first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Bind(third).Submit<Unit>(options);

    /// <summary>Runs an action of a value, a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit> Submit<T1, T2, T3>(Action<T1, T2, T3> function, T1 first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Value(third).Submit<Unit>(options);

    /// <summary>Runs an action of a value, a result, a result.</summary>
    [OverloadResolutionPriority(2)]
    public Future<Unit> Submit<T1, T2, T3>(Action<T1, T2, T3> function, T1 first, Arg<T2> second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Bind(third).Submit<Unit>(options);

    /// <summary>Runs an action of a result, a value, a value.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit> Submit<T1, T2, T3>(Action<T1, T2, T3> function, Arg<T1> first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Value(third).Submit<Unit>(options);

    /// <summary>Runs an action of a result, a value, a result.</summary>
    [OverloadResolutionPriority(2)]
    public Future<Unit> Submit<T1, T2, T3>(Action<T1, T2, T3> function, Arg<T1> first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Bind(third).Submit<Unit>(options);

    /// <summary>Runs an action of a result, a result, a value.</summary>
    [OverloadResolutionPriority(2)]
    public Future<Unit> Submit<T1, T2, T3>(Action<T1, T2, T3> function, Arg<T1> first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Value(third).Submit<Unit>(options);

    /// <summary>Runs an action of 3 results.</summary>
    [OverloadResolutionPriority(3)]
    public Future<Unit> Submit<T1, T2, T3>(Action<T1, T2, T3> function, Arg<T1> first, Arg<T2> second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 3 values.</summary>
    public Future<Unit> Submit<T1, T2, T3>(Func<T1, T2, T3, Task> function, T1 first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of a value, a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit> Submit<T1, T2, T3>(Func<T1, T2, T3, Task> function, T1 first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Bind(third).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of a value, a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit> Submit<T1, T2, T3>(Func<T1, T2, T3, Task> function, T1 first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Value(third).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of a value, a result, a result.</summary>
    [OverloadResolutionPriority(2)]
    public Future<Unit> Submit<T1, T2, T3>(Func<T1, T2, T3, Task> function, T1 first, Arg<T2> second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Bind(third).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of a result, a value, a value.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit> Submit<T1, T2, T3>(Func<T1, T2, T3, Task> function, Arg<T1> first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Value(third).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of a result, a value, a result.</summary>
    [OverloadResolutionPriority(2)]
    public Future<Unit> Submit<T1, T2, T3>(Func<T1, T2, T3, Task> function, Arg<T1> first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Bind(third).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of a result, a result, a value.</summary>
    [OverloadResolutionPriority(2)]
    public Future<Unit> Submit<T1, T2, T3>(Func<T1, T2, T3, Task> function, Arg<T1> first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Value(third).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 3 results.</summary>
    [OverloadResolutionPriority(3)]
    public Future<Unit> Submit<T1, T2, T3>(Func<T1, T2, T3, Task> function, Arg<T1> first, Arg<T2> second,
        Arg<T3> third, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Submit<Unit>(options);
}
