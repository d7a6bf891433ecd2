using System.Runtime.CompilerServices;

namespace TaskGraph;

// One call, one future: functions of four to eight arguments: all values, or all results (wrap values in Arg.Of).
// Priorities count the Args, so that a lambda
// over a future means its result. Every overload is the same sentence; what it does is in CallBuilder.
public sealed partial class Client
{
    /// <summary>Runs a function of 4 values.</summary>
    public Future<R> Submit<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, R> function, T1 first, T2 second, T3 third,
        T4 fourth, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth).Submit<R>(options);

    /// <summary>Runs a function of 4 results.</summary>
    [OverloadResolutionPriority(4)]
    public Future<R> Submit<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, R> function, Arg<T1> first, Arg<T2> second,
        Arg<T3> third, Arg<T4> fourth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 4 values.</summary>
    public Future<R> Submit<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, Task<R>> function, T1 first, T2 second, T3 third,
        T4 fourth, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 4 results.</summary>
    [OverloadResolutionPriority(4)]
    public Future<R> Submit<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, Task<R>> function, Arg<T1> first, Arg<T2> second,
        Arg<T3> third, Arg<T4> fourth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth).Submit<R>(options);

    /// <summary>Runs an action of 4 values.</summary>
    public Future<Unit> Submit<T1, T2, T3, T4>(Action<T1, T2, T3, T4> function, T1 first, T2 second, T3 third,
        T4 fourth, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth).Submit<Unit>(options);

    /// <summary>Runs an action of 4 results.</summary>
    [OverloadResolutionPriority(4)]
    public Future<Unit> Submit<T1, T2, T3, T4>(Action<T1, T2, T3, T4> function, Arg<T1> first, Arg<T2> second,
        Arg<T3> third, Arg<T4> fourth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 4 values.</summary>
    public Future<Unit> Submit<T1, T2, T3, T4>(Func<T1, T2, T3, T4, Task> function, T1 first, T2 second, T3 third,
        T4 fourth, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 4 results.</summary>
    [OverloadResolutionPriority(4)]
    public Future<Unit> Submit<T1, T2, T3, T4>(Func<T1, T2, T3, T4, Task> function, Arg<T1> first, Arg<T2> second,
        Arg<T3> third, Arg<T4> fourth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth).Submit<Unit>(options);

    /// <summary>Runs a function of 5 values.</summary>
    public Future<R> Submit<T1, T2, T3, T4, T5, R>(Func<T1, T2, T3, T4, T5, R> function, T1 first, T2 second, T3 third,
        T4 fourth, T5 fifth, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth).Value(fifth).Submit<R>(options);

    /// <summary>Runs a function of 5 results.</summary>
    [OverloadResolutionPriority(5)]
    public Future<R> Submit<T1, T2, T3, T4, T5, R>(Func<T1, T2, T3, T4, T5, R> function, Arg<T1> first, Arg<T2> second,
        Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth).Bind(fifth).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 5 values.</summary>
    public Future<R> Submit<T1, T2, T3, T4, T5, R>(Func<T1, T2, T3, T4, T5, Task<R>> function, T1 first, T2 second,
        T3 third, T4 fourth, T5 fifth, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth).Value(fifth).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 5 results.</summary>
    [OverloadResolutionPriority(5)]
    public Future<R> Submit<T1, T2, T3, T4, T5, R>(Func<T1, T2, T3, T4, T5, Task<R>> function, Arg<T1> first,
        Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth).Bind(fifth).Submit<R>(options);

    /// <summary>Runs an action of 5 values.</summary>
    public Future<Unit> Submit<T1, T2, T3, T4, T5>(Action<T1, T2, T3, T4, T5> function, T1 first, T2 second, T3 third,
        T4 fourth, T5 fifth, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth).Value(fifth).Submit<Unit>(options);

    /// <summary>Runs an action of 5 results.</summary>
    [OverloadResolutionPriority(5)]
    public Future<Unit> Submit<T1, T2, T3, T4, T5>(Action<T1, T2, T3, T4, T5> function, Arg<T1> first, Arg<T2> second,
        Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth).Bind(fifth).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 5 values.</summary>
    public Future<Unit> Submit<T1, T2, T3, T4, T5>(Func<T1, T2, T3, T4, T5, Task> function, T1 first, T2 second,
        T3 third, T4 fourth, T5 fifth, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth).Value(fifth).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 5 results.</summary>
    [OverloadResolutionPriority(5)]
    public Future<Unit> Submit<T1, T2, T3, T4, T5>(Func<T1, T2, T3, T4, T5, Task> function, Arg<T1> first,
        Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth).Bind(fifth).Submit<Unit>(options);

    /// <summary>Runs a function of 6 values.</summary>
    public Future<R> Submit<T1, T2, T3, T4, T5, T6, R>(Func<T1, T2, T3, T4, T5, T6, R> function, T1 first, T2 second,
        T3 third, T4 fourth, T5 fifth, T6 sixth, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third)
            .Value(fourth).Value(fifth).Value(sixth).Submit<R>(options);

    /// <summary>Runs a function of 6 results.</summary>
    [OverloadResolutionPriority(6)]
    public Future<R> Submit<T1, T2, T3, T4, T5, T6, R>(Func<T1, T2, T3, T4, T5, T6, R> function, Arg<T1> first,
        Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, Arg<T6> sixth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth).Bind(fifth).Bind(sixth).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 6 values.</summary>
    public Future<R> Submit<T1, T2, T3, T4, T5, T6, R>(Func<T1, T2, T3, T4, T5, T6, Task<R>> function, T1 first,
        T2 second, T3 third, T4 fourth, T5 fifth, T6 sixth, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third)
            .Value(fourth).Value(fifth).Value(sixth).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 6 results.</summary>
    [OverloadResolutionPriority(6)]
    public Future<R> Submit<T1, T2, T3, T4, T5, T6, R>(Func<T1, T2, T3, T4, T5, T6, Task<R>> function, Arg<T1> first,
        Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, Arg<T6> sixth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth).Bind(fifth).Bind(sixth).Submit<R>(options);

    /// <summary>Runs an action of 6 values.</summary>
    public Future<Unit> Submit<T1, T2, T3, T4, T5, T6>(Action<T1, T2, T3, T4, T5, T6> function, T1 first, T2 second,
        T3 third, T4 fourth, T5 fifth, T6 sixth, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third)
            .Value(fourth).Value(fifth).Value(sixth).Submit<Unit>(options);

    /// <summary>Runs an action of 6 results.</summary>
    [OverloadResolutionPriority(6)]
    public Future<Unit> Submit<T1, T2, T3, T4, T5, T6>(Action<T1, T2, T3, T4, T5, T6> function, Arg<T1> first,
        Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, Arg<T6> sixth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third)
            .Bind(fourth).Bind(fifth).Bind(sixth).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 6 values.</summary>
    public Future<Unit> Submit<T1, T2, T3, T4, T5, T6>(Func<T1, T2, T3, T4, T5, T6, Task> function, T1 first,
        T2 second, T3 third, T4 fourth, T5 fifth, T6 sixth, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third)
            .Value(fourth).Value(fifth).Value(sixth).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 6 results.</summary>
    [OverloadResolutionPriority(6)]
    public Future<Unit> Submit<T1, T2, T3, T4, T5, T6>(Func<T1, T2, T3, T4, T5, T6, Task> function, Arg<T1> first,
        Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, Arg<T6> sixth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third)
            .Bind(fourth).Bind(fifth).Bind(sixth).Submit<Unit>(options);

    /// <summary>Runs a function of 7 values.</summary>
    public Future<R> Submit<T1, T2, T3, T4, T5, T6, T7, R>(Func<T1, T2, T3, T4, T5, T6, T7, R> function, T1 first,
        T2 second, T3 third, T4 fourth, T5 fifth, T6 sixth, T7 seventh, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth)
            .Value(fifth).Value(sixth).Value(seventh).Submit<R>(options);

    /// <summary>Runs a function of 7 results.</summary>
    [OverloadResolutionPriority(7)]
    public Future<R> Submit<T1, T2, T3, T4, T5, T6, T7, R>(Func<T1, T2, T3, T4, T5, T6, T7, R> function, Arg<T1> first,
        Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, Arg<T6> sixth, Arg<T7> seventh,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth)
            .Bind(fifth).Bind(sixth).Bind(seventh).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 7 values.</summary>
    public Future<R> Submit<T1, T2, T3, T4, T5, T6, T7, R>(Func<T1, T2, T3, T4, T5, T6, T7, Task<R>> function,
        T1 first, T2 second, T3 third, T4 fourth, T5 fifth, T6 sixth, T7 seventh, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth)
            .Value(fifth).Value(sixth).Value(seventh).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 7 results.</summary>
    [OverloadResolutionPriority(7)]
    public Future<R> Submit<T1, T2, T3, T4, T5, T6, T7, R>(Func<T1, T2, T3, T4, T5, T6, T7, Task<R>> function,
        Arg<T1> first, Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, Arg<T6> sixth, Arg<T7> seventh,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth)
            .Bind(fifth).Bind(sixth).Bind(seventh).Submit<R>(options);

    /// <summary>Runs an action of 7 values.</summary>
    public Future<Unit> Submit<T1, T2, T3, T4, T5, T6, T7>(Action<T1, T2, T3, T4, T5, T6, T7> function, T1 first,
        T2 second, T3 third, T4 fourth, T5 fifth, T6 sixth, T7 seventh, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth)
            .Value(fifth).Value(sixth).Value(seventh).Submit<Unit>(options);

    /// <summary>Runs an action of 7 results.</summary>
    [OverloadResolutionPriority(7)]
    public Future<Unit> Submit<T1, T2, T3, T4, T5, T6, T7>(Action<T1, T2, T3, T4, T5, T6, T7> function, Arg<T1> first,
        Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, Arg<T6> sixth, Arg<T7> seventh,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth)
            .Bind(fifth).Bind(sixth).Bind(seventh).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 7 values.</summary>
    public Future<Unit> Submit<T1, T2, T3, T4, T5, T6, T7>(Func<T1, T2, T3, T4, T5, T6, T7, Task> function, T1 first,
        T2 second, T3 third, T4 fourth, T5 fifth, T6 sixth, T7 seventh, SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth)
            .Value(fifth).Value(sixth).Value(seventh).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 7 results.</summary>
    [OverloadResolutionPriority(7)]
    public Future<Unit> Submit<T1, T2, T3, T4, T5, T6, T7>(Func<T1, T2, T3, T4, T5, T6, T7, Task> function,
        Arg<T1> first, Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, Arg<T6> sixth, Arg<T7> seventh,
        SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth)
            .Bind(fifth).Bind(sixth).Bind(seventh).Submit<Unit>(options);

    /// <summary>Runs a function of 8 values.</summary>
    public Future<R> Submit<T1, T2, T3, T4, T5, T6, T7, T8, R>(Func<T1, T2, T3, T4, T5, T6, T7, T8, R> function,
        T1 first, T2 second, T3 third, T4 fourth, T5 fifth, T6 sixth, T7 seventh, T8 eighth,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth)
            .Value(fifth).Value(sixth).Value(seventh).Value(eighth).Submit<R>(options);

    /// <summary>Runs a function of 8 results.</summary>
    [OverloadResolutionPriority(8)]
    public Future<R> Submit<T1, T2, T3, T4, T5, T6, T7, T8, R>(Func<T1, T2, T3, T4, T5, T6, T7, T8, R> function,
        Arg<T1> first, Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, Arg<T6> sixth, Arg<T7> seventh,
        Arg<T8> eighth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth)
            .Bind(fifth).Bind(sixth).Bind(seventh).Bind(eighth).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 8 values.</summary>
    public Future<R> Submit<T1, T2, T3, T4, T5, T6, T7, T8, R>(Func<T1, T2, T3, T4, T5, T6, T7, T8, Task<R>> function,
        T1 first, T2 second, T3 third, T4 fourth, T5 fifth, T6 sixth, T7 seventh, T8 eighth,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth)
            .Value(fifth).Value(sixth).Value(seventh).Value(eighth).Submit<R>(options);

    /// <summary>Runs an asynchronous function of 8 results.</summary>
    [OverloadResolutionPriority(8)]
    public Future<R> Submit<T1, T2, T3, T4, T5, T6, T7, T8, R>(Func<T1, T2, T3, T4, T5, T6, T7, T8, Task<R>> function,
        Arg<T1> first, Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, Arg<T6> sixth, Arg<T7> seventh,
        Arg<T8> eighth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth)
            .Bind(fifth).Bind(sixth).Bind(seventh).Bind(eighth).Submit<R>(options);

    /// <summary>Runs an action of 8 values.</summary>
    public Future<Unit> Submit<T1, T2, T3, T4, T5, T6, T7, T8>(Action<T1, T2, T3, T4, T5, T6, T7, T8> function,
        T1 first, T2 second, T3 third, T4 fourth, T5 fifth, T6 sixth, T7 seventh, T8 eighth,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth)
            .Value(fifth).Value(sixth).Value(seventh).Value(eighth).Submit<Unit>(options);

    /// <summary>Runs an action of 8 results.</summary>
    [OverloadResolutionPriority(8)]
    public Future<Unit> Submit<T1, T2, T3, T4, T5, T6, T7, T8>(Action<T1, T2, T3, T4, T5, T6, T7, T8> function,
        Arg<T1> first, Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, Arg<T6> sixth, Arg<T7> seventh,
        Arg<T8> eighth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth)
            .Bind(fifth).Bind(sixth).Bind(seventh).Bind(eighth).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 8 values.</summary>
    public Future<Unit> Submit<T1, T2, T3, T4, T5, T6, T7, T8>(Func<T1, T2, T3, T4, T5, T6, T7, T8, Task> function,
        T1 first, T2 second, T3 third, T4 fourth, T5 fifth, T6 sixth, T7 seventh, T8 eighth,
        SubmitOptions? options = null)
        => Call(function).Value(first).Value(second).Value(third).Value(fourth)
            .Value(fifth).Value(sixth).Value(seventh).Value(eighth).Submit<Unit>(options);

    /// <summary>Runs an asynchronous action of 8 results.</summary>
    [OverloadResolutionPriority(8)]
    public Future<Unit> Submit<T1, T2, T3, T4, T5, T6, T7, T8>(Func<T1, T2, T3, T4, T5, T6, T7, T8, Task> function,
        Arg<T1> first, Arg<T2> second, Arg<T3> third, Arg<T4> fourth, Arg<T5> fifth, Arg<T6> sixth, Arg<T7> seventh,
        Arg<T8> eighth, SubmitOptions? options = null)
        => Call(function).Bind(first).Bind(second).Bind(third).Bind(fourth)
            .Bind(fifth).Bind(sixth).Bind(seventh).Bind(eighth).Submit<Unit>(options);
}
