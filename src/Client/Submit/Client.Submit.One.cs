using System.Runtime.CompilerServices;

namespace TaskGraph;

// One call, one future: functions of no argument or one. Priorities count the Args, so that a lambda
// over a future means its result. Every overload is the same sentence; what it does is in CallBuilder.
public sealed partial class Client
{
    /// <summary>Runs a function without arguments.</summary>
    public Future<R> Submit<R>(Func<R> function, SubmitOptions? options = null)
        => Call(function).Submit<R>(options);

    /// <summary>Runs an asynchronous function without arguments.</summary>
    public Future<R> Submit<R>(Func<Task<R>> function, SubmitOptions? options = null)
        => Call(function).Submit<R>(options);

    /// <summary>Runs an action without arguments.</summary>
    public Future<Unit> Submit(Action function, SubmitOptions? options = null)
        => Call(function).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action without arguments.</summary>
    public Future<Unit> Submit(Func<Task> function, SubmitOptions? options = null)
        => Call(function).Submit<Unit>(options);

    /// <summary>Runs a function of a value.</summary>
    public Future<R> Submit<T, R>(Func<T, R> function, T argument, SubmitOptions? options = null)
        => Call(function).Value(argument).Submit<R>(options);

    /// <summary>Runs a function of a result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R> Submit<T, R>(Func<T, R> function, Arg<T> argument, SubmitOptions? options = null)
        => Call(function).Bind(argument).Submit<R>(options);

    /// <summary>Runs an asynchronous function of a value.</summary>
    public Future<R> Submit<T, R>(Func<T, Task<R>> function, T argument, SubmitOptions? options = null)
        => Call(function).Value(argument).Submit<R>(options);

    /// <summary>Runs an asynchronous function of a result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R> Submit<T, R>(Func<T, Task<R>> function, Arg<T> argument, SubmitOptions? options = null)
        => Call(function).Bind(argument).Submit<R>(options);

    /// <summary>Runs an action of a value.</summary>
    public Future<Unit> Submit<T>(Action<T> function, T argument, SubmitOptions? options = null)
        => Call(function).Value(argument).Submit<Unit>(options);

    /// <summary>Runs an action of a result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit> Submit<T>(Action<T> function, Arg<T> argument, SubmitOptions? options = null)
        => Call(function).Bind(argument).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of a value.</summary>
    public Future<Unit> Submit<T>(Func<T, Task> function, T argument, SubmitOptions? options = null)
        => Call(function).Value(argument).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of a result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit> Submit<T>(Func<T, Task> function, Arg<T> argument, SubmitOptions? options = null)
        => Call(function).Bind(argument).Submit<Unit>(options);
}
