using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph;

// Values from here to workers.
public sealed partial class Client
{
    /// <summary>
    /// Puts values on workers, for calls to take as arguments: round robin by their threads, or on the given ones.
    /// Scattered data cannot be computed again: it is lost with its worker.
    /// </summary>
    /// <param name="values">The values.</param>
    /// <param name="workers">Names or addresses; null = all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NotSerializableException">A value cannot travel.</exception>
    public async Task<Future<T>[]> ScatterAsync<T>(
        IEnumerable<T> values, IReadOnlyList<string>? workers = null, CancellationToken cancellationToken = default)
    {
        return await ScatterAsync(
            values, new ScatterOptions { Workers = workers, Hash = false }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Puts values on workers, for calls to take as arguments. Scattered data cannot be computed again: it is lost when
    /// the last worker that holds it is.
    /// </summary>
    /// <param name="values">The values.</param>
    /// <param name="options">Where to, on how many workers, and whether equal values are one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NotSerializableException">A value cannot travel.</exception>
    /// <exception cref="TaskGraphException">A copy could not be made.</exception>
    [OverloadResolutionPriority(-1)]
    public async Task<Future<T>[]> ScatterAsync<T>(
        IEnumerable<T> values, ScatterOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Payload[] payloads;
        using (FutureTransit.Refuse())
            payloads = [.. values.Select(static value => PayloadCodecs.Encode(value))];
        if (payloads.Length == 0)
            return [];
        var futures = await PutAsync<T>(payloads, options, cancellationToken).ConfigureAwait(false);
        if (options.Broadcast)
            await ReplicateAsync(futures, int.MaxValue, cancellationToken).ConfigureAwait(false);
        return futures;
    }

    private async Task<Future<T>[]> PutAsync<T>(
        Payload[] payloads, ScatterOptions options, CancellationToken cancellationToken)
    {
        var submission = NewSubmission();
        var ids = new TaskId[payloads.Length];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = new TaskId(submission, i);
        var data = await PutOnWorkersAsync(
            submission, payloads, ids, options.Workers, cancellationToken).ConfigureAwait(false);
        if (options.Hash)
            NameByContents<T>(data, payloads);
        var set = new FutureSet(submission, TaskNames.Unique("scatter"), ids.Length);
        FutureHandle handle;
        lock (_gate)
        {
            ThrowIfUnusable();
            _machine.Submit(new Submission(submission, [data], []), set);
            Transmit();
            handle = new FutureHandle(this, set);
            // The data is there before the scheduler has said so; its refusal would turn the futures.
            for (var slot = 0; slot < set.Count; slot++)
            {
                set[slot].Holder = data.Workers[slot];
                set.Become(slot, FutureStatus.Finished, null);
            }
        }
        var futures = new Future<T>[ids.Length];
        for (var i = 0; i < futures.Length; i++)
            futures[i] = new Future<T>(handle, i);
        return futures;
    }

    /// <summary>Puts one value on one worker.</summary>
    /// <exception cref="NotSerializableException">The value cannot travel.</exception>
    public async Task<Future<T>> ScatterAsync<T>(
        T value, IReadOnlyList<string>? workers = null, CancellationToken cancellationToken = default)
        => (await ScatterAsync([value], workers, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Names each value after its type and bytes, so that equal ones become one.</summary>
    private static void NameByContents<T>(RegisterData data, Payload[] payloads)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        data.SharesEqual = true;
        foreach (var payload in payloads)
        {
            sha.AppendData(Encoding.UTF8.GetBytes(typeof(T).FullName ?? typeof(T).Name));
            sha.AppendData(payload.Body.Span);
            foreach (var buffer in payload.Buffers)
                sha.AppendData(buffer.Span);
            data.KeyNames.Add(Encoding.UTF8.GetBytes($"scatter-{CallHash.End(sha)}"));
        }
    }

    /// <summary>Puts encoded values on workers; returns what the scheduler has to be told.</summary>
    private async Task<RegisterData> PutOnWorkersAsync(
        ulong submission, Payload[] payloads, TaskId[] ids, IReadOnlyList<string>? workers,
        CancellationToken cancellation)
    {
        await WaitForWorkersAsync(1, null, cancellation).ConfigureAwait(false);
        ulong epoch;
        lock (_gate)
            epoch = _machine.Epoch;
        var turns = Turns(workers);
        var puts = new Task<(int Worker, long Bytes)>[payloads.Length];
        for (var i = 0; i < puts.Length; i++)
            puts[i] = PutAsync(turns, i, ids[i], payloads[i], cancellation);
        var data = new RegisterData { Submission = submission, Epoch = epoch };
        foreach (var (worker, bytes) in await Task.WhenAll(puts).ConfigureAwait(false))
        {
            data.Workers.Add(worker);
            data.Bytes.Add(bytes);
        }
        return data;
    }

    /// <summary>Tries the worker whose turn it is, then the next ones.</summary>
    private async Task<(int Worker, long Bytes)> PutAsync(
        WorkerPlace[] turns, int turn, TaskId id, Payload payload, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            var worker = turns[(turn + attempt) % turns.Length];
            try
            {
                var bytes = await _links.PutAsync(worker.Address, id, payload, cancellation).ConfigureAwait(false);
                return (worker.Number, bytes);
            }
            catch (TaskGraphException) when (attempt + 1 < turns.Length)
            {
                // The next worker may take it; the last one's refusal is thrown.
            }
        }
    }

    /// <summary>Workers in the order of their turns, each as often as it has threads, interleaved.</summary>
    private WorkerPlace[] Turns(IReadOnlyList<string>? wanted)
    {
        WorkerPlace[] present;
        lock (_gate)
            present = _machine.Workers.Present;
        if (wanted is { Count: > 0 })
        {
            present = Array.FindAll(present, worker => wanted.Contains(worker.Name) || wanted.Contains(worker.Address));
            if (present.Length == 0)
            {
                throw new ArgumentException(
                    $"None of the workers {string.Join(", ", wanted)} is present.", nameof(wanted));
            }
        }
        var turns = new List<WorkerPlace>();
        for (var round = 0; turns.Count == 0 || Array.Exists(present, worker => worker.Threads > round); round++)
        {
            foreach (var worker in present)
            {
                if (Math.Max(1, worker.Threads) > round)
                    turns.Add(worker);
            }
        }
        return [.. turns];
    }
}
