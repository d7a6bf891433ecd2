using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>Who is meant by the worker numbers in the scheduler's messages. Numbers are never used again.</summary>
internal sealed class WorkerDirectory
{
    private readonly Dictionary<int, WorkerPlace> _workers = [];

    public int Count => _workers.Count;

    /// <summary>The workers present, by number.</summary>
    public WorkerPlace[] Present
    {
        get
        {
            var present = new WorkerPlace[_workers.Count];
            _workers.Values.CopyTo(present, 0);
            Array.Sort(present, static (a, b) => a.Number.CompareTo(b.Number));
            return present;
        }
    }

    /// <summary>The worker, or null if it has left.</summary>
    public WorkerPlace? Find(int number) => _workers.GetValueOrDefault(number);

    public void Handle(WorkersJoined joined)
    {
        for (var row = 0; row < joined.Numbers.Count; row++)
        {
            var number = joined.Numbers[row];
            _workers[number] = new WorkerPlace(number, joined.Names[row], joined.Addresses[row], joined.Threads[row]);
        }
    }

    /// <summary>Where those are that leave, as far as they are known; to be asked before they are handled.</summary>
    public IEnumerable<string> AddressesOf(WorkersLeft left)
    {
        foreach (var number in left.Numbers.Span.ToArray())
        {
            if (_workers.TryGetValue(number, out var worker))
                yield return worker.Address;
        }
    }

    public void Handle(WorkersLeft left)
    {
        foreach (var number in left.Numbers.Span)
            _workers.Remove(number);
    }

    public void Clear() => _workers.Clear();
}

/// <summary>One worker as the client knows it.</summary>
internal sealed record WorkerPlace(int Number, string Name, string Address, int Threads);
