using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>Where results are, as the scheduler said.</summary>
internal sealed class HolderList
{
    private readonly TaskId[] _storedAs;
    private readonly string[][] _addresses;

    private HolderList(TaskId[] storedAs, string[][] addresses)
    {
        _storedAs = storedAs;
        _addresses = addresses;
    }

    /// <summary>Resolves worker numbers, and leaves out workers that have gone meanwhile.</summary>
    public static HolderList Of(WhoHasReply reply, WorkerDirectory workers)
    {
        var addresses = new string[reply.StoredAs.Count][];
        var start = 0;
        for (var i = 0; i < addresses.Length; i++)
        {
            var end = reply.HolderEnds[i];
            var known = new List<string>(end - start);
            foreach (var number in reply.Holders.Span[start..end])
            {
                if (workers.Find(number) is { } worker)
                    known.Add(worker.Address);
            }
            addresses[i] = [.. known];
            start = end;
        }
        return new HolderList(reply.StoredAs.Span.ToArray(), addresses);
    }

    /// <summary>
    /// The id under which the holders keep the task: an equal task submitted earlier may be the one that ran.
    /// </summary>
    public TaskId StoredAs(int index) => _storedAs[index];

    public string[] AddressesOf(int index) => _addresses[index];
}
