namespace TaskGraph;

/// <summary>What gathering does about futures that have no value.</summary>
public enum GatherErrors
{
    /// <summary>Throws what the first of them failed with, without waiting for the rest.</summary>
    Throw,

    /// <summary>Waits for all and leaves out those without a value.</summary>
    Skip,
}

// Gathering futures in containers, and in spite of failures.
public sealed partial class Client
{
    /// <summary>The values of the futures, in the order given; failed, cancelled and lost ones may be left out.</summary>
    /// <param name="futures">What to gather.</param>
    /// <param name="errors">What to do about futures without a value.</param>
    /// <param name="cancellationToken">Gives up waiting; the tasks go on.</param>
    /// <exception cref="SchedulerLostException">There is no scheduler any more: that is not left out.</exception>
    public async Task<T[]> GatherAsync<T>(
        IEnumerable<Future<T>> futures, GatherErrors errors, CancellationToken cancellationToken = default)
    {
        if (errors == GatherErrors.Throw)
            return await GatherAsync(futures, cancellationToken).ConfigureAwait(false);
        Future<T>[] left = [.. futures];
        while (true)
        {
            await WaitAsync(left, cancellationToken: cancellationToken).ConfigureAwait(false);
            left = Array.FindAll(left, static future => future.Status is FutureStatus.Finished or FutureStatus.Pending);
            try
            {
                return await GatherAsync(left, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is TaskFailedException or TaskLostException or ActorLostException
                or TaskCancelledException && Array.Exists(left, static future => HasFailed(future.Status)))
            {
                // One that had finished has lost its value since, and could not be computed again.
            }
        }
    }

    /// <summary>The values of futures under keys, under the same keys.</summary>
    /// <exception cref="TaskFailedException">A task has failed.</exception>
    public async Task<Dictionary<TKey, T>> GatherAsync<TKey, T>(
        IReadOnlyDictionary<TKey, Future<T>> futures, CancellationToken cancellationToken = default)
        where TKey : notnull
    {
        TKey[] keys = [.. futures.Keys];
        var values = await GatherAsync(Array.ConvertAll(keys, key => futures[key]), cancellationToken)
            .ConfigureAwait(false);
        var gathered = new Dictionary<TKey, T>(keys.Length);
        for (var i = 0; i < keys.Length; i++)
            gathered.Add(keys[i], values[i]);
        return gathered;
    }

    /// <summary>The values of futures in rows, in rows of the same lengths.</summary>
    /// <exception cref="TaskFailedException">A task has failed.</exception>
    public async Task<T[][]> GatherAsync<T>(
        IEnumerable<IEnumerable<Future<T>>> rows, CancellationToken cancellationToken = default)
    {
        Future<T>[][] all = [.. rows.Select(static row => row.ToArray())];
        var values = await GatherAsync(all.SelectMany(static row => row), cancellationToken).ConfigureAwait(false);
        var gathered = new T[all.Length][];
        var start = 0;
        for (var i = 0; i < all.Length; start += all[i].Length, i++)
            gathered[i] = values[start..(start + all[i].Length)];
        return gathered;
    }

    private static bool HasFailed(FutureStatus status)
        => status is FutureStatus.Error or FutureStatus.Cancelled or FutureStatus.Lost;
}
