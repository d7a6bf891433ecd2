using System.Buffers.Binary;
using System.Diagnostics;
using TaskGraph.Messages;

namespace TaskGraph;

// Locks, semaphores, queues, variables and events, by name.
public sealed partial class Client
{
    private const int MaxNameLength = 512;

    /// <summary>A task that waits longer than this gives its slot back.</summary>
    private static readonly TimeSpan s_slotPatience = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan s_leaseDuration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_shortestLease = TimeSpan.FromSeconds(3);

    /// <summary>The lock of that name; it exists as soon as somebody acquires it.</summary>
    /// <param name="name">At most 512 characters.</param>
    /// <param name="leaseDuration">
    /// How long it stays locked after the last sign of life of its holder; 30 s, at least 3 s.
    /// </param>
    public DistributedLock Lock(string name, TimeSpan? leaseDuration = null)
        => new(this, Checked(name), Checked(leaseDuration));

    /// <summary>The locks of those names, to be held all at once.</summary>
    /// <param name="names">At least one; a name that comes twice counts once.</param>
    /// <param name="leaseDuration">
    /// How long they stay locked after the last sign of life of their holder; 30 s, at least 3 s.
    /// </param>
    public DistributedMultiLock MultiLock(IEnumerable<string> names, TimeSpan? leaseDuration = null)
    {
        DistributedLock[] locks = [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(name => Lock(name, leaseDuration))];
        return locks.Length > 0
            ? new DistributedMultiLock(this, Array.ConvertAll(locks, static one => one.Name), Checked(leaseDuration))
            : throw new ArgumentException("Name at least one lock.", nameof(names));
    }

    /// <summary>The semaphore of that name; it exists as soon as somebody acquires from it.</summary>
    /// <param name="name">At most 512 characters.</param>
    /// <param name="maxLeases">How many leases there are; the same wherever the name is used.</param>
    /// <param name="leaseDuration">How long a lease outlives its holder's last sign of life; 30 s, at least 3
    /// s.</param>
    public DistributedSemaphore Semaphore(string name, int maxLeases, TimeSpan? leaseDuration = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLeases, 1);
        return new DistributedSemaphore(this, Checked(name), maxLeases, Checked(leaseDuration));
    }

    /// <summary>The queue of that name.</summary>
    /// <typeparam name="T">The type of the values; <c>Future&lt;R&gt;</c> for futures.</typeparam>
    /// <param name="name">At most 512 characters.</param>
    /// <param name="maxSize">How many values fit; 0 = not stated here, without limit if nobody states it.</param>
    public DistributedQueue<T> Queue<T>(string name, int maxSize = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxSize);
        return new DistributedQueue<T>(this, Checked(name), maxSize);
    }

    /// <summary>The variable of that name.</summary>
    /// <typeparam name="T">The type of the value; <c>Future&lt;R&gt;</c> for futures.</typeparam>
    /// <param name="name">At most 512 characters.</param>
    public DistributedVariable<T> Variable<T>(string name) => new(this, Checked(name));

    /// <summary>The event of that name; it is not set at first.</summary>
    /// <param name="name">At most 512 characters.</param>
    public DistributedEvent Event(string name) => new(this, Checked(name));

    internal async Task<DistributedLease> AcquireAsync(
        SharedKind kind, string name, int limit, TimeSpan duration, TimeSpan? timeout, CancellationToken cancellation)
    {
        var call = NewCall(kind, SharedOperation.Acquire, name, timeout);
        call.Limit = limit;
        call.LeaseMs = (int)duration.TotalMilliseconds;
        var request = await CallAsync(call, cancellation).ConfigureAwait(false);
        var reply = await request.Answer.ConfigureAwait(false);
        // Granted no earlier than this: the scheduler has counted the wait from the call's arrival.
        var granted = request.Started + (reply.WaitedMs * Stopwatch.Frequency / 1000);
        var lease = new HeldLease(reply.Token, LabelOf(kind, name), duration, granted);
        lock (_gate)
            _leases.Add(lease);
        return new DistributedLease(this, lease, kind, name);
    }

    internal async Task<DistributedLease[]> AcquireAnyAsync(
        string[] names, int count, TimeSpan duration, TimeSpan? timeout, CancellationToken cancellation)
    {
        var call = NewCall(SharedKind.LockSet, SharedOperation.Acquire, "", timeout);
        call.Names = names;
        call.Limit = count;
        call.LeaseMs = (int)duration.TotalMilliseconds;
        var request = await CallAsync(call, cancellation).ConfigureAwait(false);
        var reply = await request.Answer.ConfigureAwait(false);
        var granted = request.Started + (reply.WaitedMs * Stopwatch.Frequency / 1000);
        var leases = new DistributedLease[reply.Count];
        for (var i = 0; i < leases.Length; i++)
        {
            var name = names[BinaryPrimitives.ReadInt32LittleEndian(reply.Values[i])];
            var token = BinaryPrimitives.ReadUInt64LittleEndian(reply.Values[i][sizeof(int)..]);
            var lease = new HeldLease(token, LabelOf(SharedKind.Lock, name), duration, granted);
            lock (_gate)
                _leases.Add(lease);
            leases[i] = new DistributedLease(this, lease, SharedKind.Lock, name);
        }
        return leases;
    }

    internal Task PutAsync<T>(
        SharedKind kind, string name, T value, int limit, TimeSpan? timeout, CancellationToken cancellation)
    {
        var call = NewCall(kind, SharedOperation.Put, name, timeout);
        call.Limit = limit;
        var futures = SharedForm<T>.Instance.Write(this, value, call);
        return SaidAsync(call, futures, cancellation);
    }

    internal async Task<T[]> GetAsync<T>(
        SharedKind kind, string name, int limit, TimeSpan? timeout, CancellationToken cancellation)
    {
        var form = SharedForm<T>.Instance;
        var call = NewCall(kind, SharedOperation.Get, name, timeout);
        call.Limit = limit;
        call.Submission = NewSubmission();
        var request = await CallAsync(call, cancellation).ConfigureAwait(false);
        var reply = await request.Answer.ConfigureAwait(false);
        var values = new T[reply.Count];
        for (int i = 0, start = 0; i < values.Length; start = reply.TaskEnds[i], i++)
            values[i] = form.Read(reply.Values.MemoryOf(i), request.Futures, start, reply.TaskEnds[i]);
        return values;
    }

    internal async Task<long> CountAsync(SharedKind kind, string name, CancellationToken cancellation)
    {
        var request = await CallAsync(NewCall(kind, SharedOperation.Count, name, null), cancellation)
            .ConfigureAwait(false);
        return (await request.Answer.ConfigureAwait(false)).Number;
    }

    internal Task DeleteAsync(SharedKind kind, string name, CancellationToken cancellation)
        => SaidAsync(NewCall(kind, SharedOperation.Delete, name, null), null, cancellation);

    internal Task SignalAsync(
        string name, SharedOperation operation, TimeSpan? timeout, CancellationToken cancellation)
        => SaidAsync(NewCall(SharedKind.Event, operation, name, timeout), null, cancellation);

    internal async Task ReleaseLeaseAsync(
        SharedKind kind, string name, HeldLease lease, CancellationToken cancellation)
    {
        var call = NewCall(kind, SharedOperation.Release, name, null);
        call.Token = lease.Token;
        await CallAsync(call, cancellation).ConfigureAwait(false);
    }

    private static string LabelOf(SharedKind kind, string name) => kind switch
    {
        SharedKind.Lock => $"lock '{name}'",
        SharedKind.Semaphore => $"semaphore '{name}'",
        SharedKind.Queue => $"queue '{name}'",
        SharedKind.Variable => $"variable '{name}'",
        SharedKind.Event => $"event '{name}'",
        SharedKind.LockSet => "several locks",
        SharedKind.Metadata => $"metadata '{name}'",
        _ => $"dataset '{name}'",
    };

    private static string Checked(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name.Length <= MaxNameLength
            ? name
            : throw new ArgumentException($"The name has {name.Length} characters, at most {MaxNameLength} may be.");
    }

    private static TimeSpan Checked(TimeSpan? leaseDuration)
    {
        var duration = leaseDuration ?? s_leaseDuration;
        return duration >= s_shortestLease && duration.TotalMilliseconds <= int.MaxValue
            ? duration
            : throw new ArgumentOutOfRangeException(nameof(leaseDuration), leaseDuration,
                $"A lease lasts {s_shortestLease.TotalSeconds} s at least: it is renewed with the heartbeats.");
    }
}
