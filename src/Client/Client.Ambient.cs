using System.Collections.Concurrent;

namespace TaskGraph;

// The client that code finds without being given one; inside a task, that of its worker.
public sealed partial class Client
{
    private static readonly ConcurrentDictionary<string, Lazy<Client>> s_ofWorker = new(StringComparer.Ordinal);
    private static readonly List<Client> s_connected = [];

    /// <summary>
    /// The client connected last in this process. Inside a task on a worker: a client of the worker's own, connected to
    /// its scheduler when first asked for, so that tasks can submit tasks. Null if there is none.
    /// </summary>
    /// <exception cref="SchedulerLostException">The worker's scheduler does not answer.</exception>
    public static Client? Current
    {
        get
        {
            if (TaskContext.Current is not { SchedulerAddress: { Length: > 0 } address } context)
                return FindNewest(static _ => true);

            // In a cluster inside this process others may be connected to other schedulers.
            if (FindNewest(client => client._schedulerAddress == address) is { } known)
                return known;
            var name = $"tasks of {context.WorkerName}";
            // Waits for the connection: a property has no other way, and it is once per worker process.
            return s_ofWorker.GetOrAdd(
                address, static (to, of) => new Lazy<Client>(() => ConnectNow(to, of)), name).Value;
        }
    }

    private static Client? FindNewest(Predicate<Client> isMeant)
    {
        lock (s_connected)
            return s_connected.FindLast(isMeant);
    }

    private static void NoteConnected(Client client)
    {
        lock (s_connected)
            s_connected.Add(client);
    }

    private static void NoteClosed(Client client)
    {
        lock (s_connected)
            s_connected.Remove(client);
    }

    private static Client ConnectNow(string address, string name)
        => Task.Run(() => ConnectAsync(new ClientOptions { Address = address, Name = name })).GetAwaiter().GetResult();

    /// <summary>
    /// A task that waits for other tasks gives its slot back first: a worker of one thread would otherwise wait for a
    /// task that it cannot start.
    /// </summary>
    internal static void SecedeIfTask() => TaskContext.Current?.Secede();
}
