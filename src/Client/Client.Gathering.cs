using TaskGraph.Messages;

namespace TaskGraph;

// Values from workers to here.
public sealed partial class Client
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The values of all futures, in the order given, fetched straight from the workers that hold them. Throws as soon
    /// as one of them cannot have a value.
    /// </summary>
    /// <exception cref="TaskFailedException">A task has failed.</exception>
    /// <exception cref="TaskCancelledException">A task was cancelled.</exception>
    /// <exception cref="TaskLostException">A value is gone and cannot be computed again.</exception>
    public async Task<T[]> GatherAsync<T>(IEnumerable<Future<T>> futures, CancellationToken cancellationToken = default)
    {
        Future<T>[] all = [.. futures];
        await AllSettledOrOneFailedAsync(all, cancellationToken).ConfigureAwait(false);
        var values = new T[all.Length];
        var remote = TakeLocal(all, values);
        if (remote.Count > 0)
            await FetchManyAsync(all, values, remote, cancellationToken).ConfigureAwait(false);
        GC.KeepAlive(all);
        return values;
    }

    /// <summary>The encoded value of a settled task: from here, from a holder, or once it is computed again.</summary>
    internal async Task<Payload> FetchAsync(FutureSet set, int slot, CancellationToken cancellation)
    {
        var pause = s_firstPause;
        var id = set.IdOf(slot);
        while (true)
        {
            SettledWaiter news;
            string? holder;
            lock (_gate)
            {
                if (set.FailureOf(slot) is { } failure)
                    throw failure.ToException(set.KeyOf(slot));
                if (set.TryInlineValue(slot, out var inline))
                    return new Payload(inline);
                holder = _machine.Workers.Find(set[slot].Holder)?.Address;
                news = new SettledWaiter(null!);
                set.ObserveNext(slot, news);
            }
            if (await TryFetchAsync(set, slot, id, holder, cancellation).ConfigureAwait(false) is { } found)
                return found;
            // Nobody has it now: it is being computed again. The scheduler tells when it exists; asking again is for
            // holders that were merely busy.
            await Task.WhenAny(news.Task, Task.Delay(pause, cancellation)).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            lock (_gate)
                set.Forget(slot, news);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    private async Task<Payload?> TryFetchAsync(
        FutureSet set, int slot, TaskId id, string? holder, CancellationToken cancellation)
    {
        if (holder is not null && await TryGetAsync(holder, id, cancellation).ConfigureAwait(false) is { } direct)
            return direct;
        var known = await AskWhoHasAsync([id], cancellation).ConfigureAwait(false);
        foreach (var address in known.AddressesOf(0))
        {
            if (await TryGetAsync(address, known.StoredAs(0), cancellation).ConfigureAwait(false) is { } found)
                return found;
        }
        GC.KeepAlive(set);
        return null;
    }

    private async Task<Payload?> TryGetAsync(string address, TaskId id, CancellationToken cancellation)
    {
        var request = new DataRequest([id]);
        await _links.GetAsync(address, request, cancellation).ConfigureAwait(false);
        return request.Values[0];
    }

    private async Task AllSettledOrOneFailedAsync<T>(Future<T>[] all, CancellationToken cancellation)
    {
        var feed = Watch(all, wantsOrder: false, stopsAtFailure: true);
        try
        {
            await feed.All.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            Unwatch(feed);
        }
        foreach (var future in all)
        {
            if (future.Status is not (FutureStatus.Finished or FutureStatus.Pending))
                throw FailureOf(future.Handle.Set, future.Slot)!;
        }
    }

    /// <summary>Takes the values that came with messages; returns the positions of the others.</summary>
    private List<int> TakeLocal<T>(Future<T>[] all, T[] values)
    {
        var remote = new List<int>();
        var inline = new ReadOnlyMemory<byte>[all.Length];
        lock (_gate)
        {
            for (var i = 0; i < all.Length; i++)
            {
                if (!all[i].TryGetValue(out values[i]) && !all[i].Handle.Set.TryInlineValue(all[i].Slot, out inline[i]))
                    remote.Add(i);
            }
        }
        for (var i = 0; i < all.Length; i++)
        {
            if (inline[i].Length > 0)
                values[i] = all[i].Accept(new Payload(inline[i]));
        }
        return remote;
    }

    /// <summary>Asks each holder once for all that it holds; what that does not bring is fetched one by one.</summary>
    private async Task FetchManyAsync<T>(Future<T>[] all, T[] values, List<int> remote, CancellationToken cancellation)
    {
        var byHolder = new Dictionary<string, Dictionary<TaskId, List<int>>>(StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (var position in remote)
            {
                var future = all[position];
                var holder = _machine.Workers.Find(future.Handle.Set[future.Slot].Holder)?.Address ?? "";
                if (!byHolder.TryGetValue(holder, out var tasks))
                    byHolder[holder] = tasks = [];
                if (!tasks.TryGetValue(future.Id, out var positions))
                    tasks[future.Id] = positions = new List<int>(1);
                positions.Add(position);
            }
        }
        var fetches = new List<Task>();
        foreach (var (holder, tasks) in byHolder)
            fetches.Add(FetchFromAsync(holder, tasks, all, values, cancellation));
        await Task.WhenAll(fetches).ConfigureAwait(false);
    }

    private async Task FetchFromAsync<T>(
        string holder, Dictionary<TaskId, List<int>> tasks, Future<T>[] all, T[] values, CancellationToken cancellation)
    {
        const int MaxTasksPerRequest = 1024;
        foreach (var ids in tasks.Keys.Chunk(MaxTasksPerRequest))
        {
            var request = new DataRequest(ids);
            if (holder.Length > 0)
                await _links.GetAsync(holder, request, cancellation).ConfigureAwait(false);
            for (var i = 0; i < ids.Length; i++)
            {
                foreach (var position in tasks[ids[i]])
                {
                    values[position] = request.Values[i] is { } payload
                        ? all[position].Accept(payload)
                        : await all[position].ResultAsync(cancellation).ConfigureAwait(false);
                }
                request.Values[i] = null;
            }
        }
    }
}
