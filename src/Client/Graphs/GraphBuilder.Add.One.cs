using System.Runtime.CompilerServices;

namespace TaskGraph;

// Tasks of no argument or one, in the shapes of Client.Submit.
public sealed partial class GraphBuilder
{
    /// <summary>Adds a function without arguments.</summary>
    public GraphTask<R> Add<R>(Func<R> function, SubmitOptions? options = null)
        => Call(function).Add<R>(options);

    /// <summary>Adds an asynchronous function without arguments.</summary>
    public GraphTask<R> Add<R>(Func<Task<R>> function, SubmitOptions? options = null)
        => Call(function).Add<R>(options);

    /// <summary>Adds an action without arguments.</summary>
    public GraphTask<Unit> Add(Action function, SubmitOptions? options = null)
        => Call(function).Add<Unit>(options);

    /// <summary>Adds an asynchronous action without arguments.</summary>
    public GraphTask<Unit> Add(Func<Task> function, SubmitOptions? options = null)
        => Call(function).Add<Unit>(options);

    /// <summary>Adds a function of a value.</summary>
    public GraphTask<R> Add<T, R>(Func<T, R> function, T argument, SubmitOptions? options = null)
        => Call(function).Value(argument).Add<R>(options);

    /// <summary>Adds a function of a result.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<R> Add<T, R>(Func<T, R> function, Arg<T> argument, SubmitOptions? options = null)
        => Call(function).Bind(argument).Add<R>(options);

    /// <summary>Adds an asynchronous function of a value.</summary>
    public GraphTask<R> Add<T, R>(Func<T, Task<R>> function, T argument, SubmitOptions? options = null)
        => Call(function).Value(argument).Add<R>(options);

    /// <summary>Adds an asynchronous function of a result.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<R> Add<T, R>(Func<T, Task<R>> function, Arg<T> argument, SubmitOptions? options = null)
        => Call(function).Bind(argument).Add<R>(options);

    /// <summary>Adds an action of a value.</summary>
    public GraphTask<Unit> Add<T>(Action<T> function, T argument, SubmitOptions? options = null)
        => Call(function).Value(argument).Add<Unit>(options);

    /// <summary>Adds an action of a result.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<Unit> Add<T>(Action<T> function, Arg<T> argument, SubmitOptions? options = null)
        => Call(function).Bind(argument).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of a value.</summary>
    public GraphTask<Unit> Add<T>(Func<T, Task> function, T argument, SubmitOptions? options = null)
        => Call(function).Value(argument).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of a result.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<Unit> Add<T>(Func<T, Task> function, Arg<T> argument, SubmitOptions? options = null)
        => Call(function).Bind(argument).Add<Unit>(options);
}
