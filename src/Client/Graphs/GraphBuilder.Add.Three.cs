using System.Runtime.CompilerServices;

namespace TaskGraph;

// Tasks of three arguments, in the shapes of Client.Submit.
public sealed partial class GraphBuilder
{
    /// <summary>Adds a function of 3 values.</summary>
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Add<R>(options);

    /// <summary>Adds a function of a value, a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Bind(third).Add<R>(options);

    /// <summary>Adds a function of a value, a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Value(third).Add<R>(options);

    /// <summary>Adds a function of a value, a result, a result.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 first, Arg<T2> second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Bind(third).Add<R>(options);

    /// <summary>Adds a function of a result, a value, a value.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, R> function, Arg<T1> first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Value(third).Add<R>(options);

    /// <summary>Adds a function of a result, a value, a result.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, R> function, Arg<T1> first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Bind(third).Add<R>(options);

    /// <summary>Adds a function of a result, a result, a value.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, R> function, Arg<T1> first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Value(third).Add<R>(options);

    /// <summary>Adds a function of 3 results.</summary>
    [OverloadResolutionPriority(3)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, R> function, Arg<T1> first, Arg<T2> second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Add<R>(options);

    /// <summary>Adds an asynchronous function of 3 values.</summary>
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, T1 first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Add<R>(options);

    /// <summary>Adds an asynchronous function of a value, a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, T1 first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Bind(third).Add<R>(options);

    /// <summary>Adds an asynchronous function of a value, a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, T1 first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Value(third).Add<R>(options);

    /// <summary>Adds an asynchronous function of a value, a result, a result.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, T1 first, Arg<T2> second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Bind(third).Add<R>(options);

    /// <summary>Adds an asynchronous function of a result, a value, a value.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, Arg<T1> first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Value(third).Add<R>(options);

    /// <summary>Adds an asynchronous function of a result, a value, a result.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, Arg<T1> first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Bind(third).Add<R>(options);

    /// <summary>Adds an asynchronous function of a result, a result, a value.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, Arg<T1> first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Value(third).Add<R>(options);

    /// <summary>Adds an asynchronous function of 3 results.</summary>
    [OverloadResolutionPriority(3)]
    public GraphTask<R> Add<T1, T2, T3, R>(Func<T1, T2, T3, Task<R>> function, Arg<T1> first, Arg<T2> second,
        Arg<T3> third, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Add<R>(options);

    /// <summary>Adds an action of 3 values.</summary>
    public GraphTask<Unit> Add<T1, T2, T3>(Action<T1, T2, T3> function, T1 first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Add<Unit>(options);

    /// <summary>Adds an action of a value, a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<Unit> Add<T1, T2, T3>(Action<T1, T2, T3> function, T1 first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Bind(third).Add<Unit>(options);

    /// <summary>Adds an action of a value, a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<Unit> Add<T1, T2, T3>(Action<T1, T2, T3> function, T1 first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Value(third).Add<Unit>(options);

    /// <summary>Adds an action of a value, a result, a result.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<Unit> Add<T1, T2, T3>(Action<T1, T2, T3> function, T1 first, Arg<T2> second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Bind(third).Add<Unit>(options);

    /// <summary>Adds an action of a result, a value, a value.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<Unit> Add<T1, T2, T3>(Action<T1, T2, T3> function, Arg<T1> first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Value(third).Add<Unit>(options);

    /// <summary>Adds an action of a result, a value, a result.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<Unit> Add<T1, T2, T3>(Action<T1, T2, T3> function, Arg<T1> first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Bind(third).Add<Unit>(options);

    /// <summary>Adds an action of a result, a result, a value.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<Unit> Add<T1, T2, T3>(Action<T1, T2, T3> function, Arg<T1> first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Value(third).Add<Unit>(options);

    /// <summary>Adds an action of 3 results.</summary>
    [OverloadResolutionPriority(3)]
    public GraphTask<Unit> Add<T1, T2, T3>(Action<T1, T2, T3> function, Arg<T1> first, Arg<T2> second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of 3 values.</summary>
    public GraphTask<Unit> Add<T1, T2, T3>(Func<T1, T2, T3, Task> function, T1 first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of a value, a value, a result.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<Unit> Add<T1, T2, T3>(Func<T1, T2, T3, Task> function, T1 first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Bind(third).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of a value, a result, a value.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<Unit> Add<T1, T2, T3>(Func<T1, T2, T3, Task> function, T1 first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Value(third).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of a value, a result, a result.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<Unit> Add<T1, T2, T3>(Func<T1, T2, T3, Task> function, T1 first, Arg<T2> second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Value(first).Bind(second).Bind(third).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of a result, a value, a value.</summary>
    [OverloadResolutionPriority(1)]
    public GraphTask<Unit> Add<T1, T2, T3>(Func<T1, T2, T3, Task> function, Arg<T1> first, T2 second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Value(third).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of a result, a value, a result.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<Unit> Add<T1, T2, T3>(Func<T1, T2, T3, Task> function, Arg<T1> first, T2 second, Arg<T3> third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Value(second).Bind(third).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of a result, a result, a value.</summary>
    [OverloadResolutionPriority(2)]
    public GraphTask<Unit> Add<T1, T2, T3>(Func<T1, T2, T3, Task> function, Arg<T1> first, Arg<T2> second, T3 third,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Value(third).Add<Unit>(options);

    /// <summary>Adds an asynchronous action of 3 results.</summary>
    [OverloadResolutionPriority(3)]
    public GraphTask<Unit> Add<T1, T2, T3>(Func<T1, T2, T3, Task> function, Arg<T1> first, Arg<T2> second,
        Arg<T3> third, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Add<Unit>(options);
}
