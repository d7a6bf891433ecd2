using System.Runtime.CompilerServices;

namespace TaskGraph;

// One function over many values: one submission, one handle behind all futures.
public sealed partial class Client
{
    /// <summary>Calls a function once per value.</summary>
    public Future<R>[] Map<T, R>(Func<T, R> function, IEnumerable<T> values, SubmitOptions? options = null)
        => MapValues<T, R>(function, values, options);

    /// <summary>Calls an asynchronous function once per value.</summary>
    public Future<R>[] Map<T, R>(Func<T, Task<R>> function, IEnumerable<T> values, SubmitOptions? options = null)
        => MapValues<T, R>(function, values, options);

    /// <summary>Calls an action once per value.</summary>
    public Future<Unit>[] Map<T>(Action<T> function, IEnumerable<T> values, SubmitOptions? options = null)
        => MapValues<T, Unit>(function, values, options);

    /// <summary>Calls an asynchronous action once per value.</summary>
    public Future<Unit>[] Map<T>(Func<T, Task> function, IEnumerable<T> values, SubmitOptions? options = null)
        => MapValues<T, Unit>(function, values, options);

    /// <summary>Calls a function once per pair of values; ends with the shorter sequence.</summary>
    public Future<R>[] Map<T1, T2, R>(Func<T1, T2, R> function, IEnumerable<T1> first, IEnumerable<T2> second,
        SubmitOptions? options = null)
        => MapPairs<T1, T2, R>(function, first, second, options);

    /// <summary>Calls an asynchronous function once per pair of values; ends with the shorter sequence.</summary>
    public Future<R>[] Map<T1, T2, R>(Func<T1, T2, Task<R>> function, IEnumerable<T1> first, IEnumerable<T2> second,
        SubmitOptions? options = null)
        => MapPairs<T1, T2, R>(function, first, second, options);

    /// <summary>Calls a function once per result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R>[] Map<T, R>(Func<T, R> function, IEnumerable<Future<T>> values, SubmitOptions? options = null)
        => MapFutures<T, R>(function, values, options);

    /// <summary>Calls an asynchronous function once per result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<R>[] Map<T, R>(Func<T, Task<R>> function, IEnumerable<Future<T>> values,
        SubmitOptions? options = null)
        => MapFutures<T, R>(function, values, options);

    /// <summary>Calls an action once per result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit>[] Map<T>(Action<T> function, IEnumerable<Future<T>> values, SubmitOptions? options = null)
        => MapFutures<T, Unit>(function, values, options);

    /// <summary>Calls an asynchronous action once per result.</summary>
    [OverloadResolutionPriority(1)]
    public Future<Unit>[] Map<T>(Func<T, Task> function, IEnumerable<Future<T>> values, SubmitOptions? options = null)
        => MapFutures<T, Unit>(function, values, options);

    private Future<R>[] MapValues<T, R>(Delegate function, IEnumerable<T> values, SubmitOptions? options)
    {
        return SendMap<R, T>(new MapBuilder(this, function, OptionsOf(options)), values, static (map, value) =>
            map.Value(value));
    }

    private Future<R>[] MapPairs<T1, T2, R>(
        Delegate function, IEnumerable<T1> first, IEnumerable<T2> second, SubmitOptions? options)
    {
        return SendMap<R, (T1, T2)>(new MapBuilder(this, function, OptionsOf(options)), first.Zip(second),
            static (map, pair) =>
            {
                map.Value(pair.Item1);
                map.Value(pair.Item2);
            });
    }

    private Future<R>[] MapFutures<T, R>(Delegate function, IEnumerable<Future<T>> values, SubmitOptions? options)
    {
        var futures = values as IReadOnlyCollection<Future<T>> ?? [.. values];
        var mapped = SendMap<R, Future<T>>(new MapBuilder(this, function, OptionsOf(options)), futures,
            static (map, future) => map.Result(future.Handle, future.Slot));
        GC.KeepAlive(futures);
        return mapped;
    }

    private Future<R>[] SendMap<R, T>(MapBuilder map, IEnumerable<T> values, Action<MapBuilder, T> addArguments)
    {
        try
        {
            foreach (var value in values)
            {
                map.BeginTask();
                addArguments(map, value);
                map.EndTask();
            }
        }
        catch
        {
            map.Abandon();
            throw;
        }
        if (map.Count == 0)
            return [];
        var (submission, names, uploads) = map.End();
        var handle = Send(submission, new FutureSet(submission.Id, names, map.Count), uploads);
        var futures = new Future<R>[map.Count];
        for (var i = 0; i < futures.Length; i++)
            futures[i] = new Future<R>(handle, i);
        // Futures inside its values may be collected only now that the scheduler knows of the dependency.
        GC.KeepAlive(map);
        return futures;
    }
}
