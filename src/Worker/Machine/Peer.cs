namespace TaskGraph.Worker.Machine;

/// <summary>Another worker as a source of inputs.</summary>
internal sealed class Peer(int number, string address)
{
    /// <summary>Its number in the scheduler's messages.</summary>
    public int Number { get; } = number;

    /// <summary>Its data address.</summary>
    public string Address { get; } = address;

    /// <summary>Inputs that it holds, by priority; entries may be stale.</summary>
    public ReadyQueue Pending { get; } = new();

    /// <summary>Whether a request to it is under way: one at a time, so that the next one gathers more keys.</summary>
    public bool IsAsked { get; set; }

    /// <summary>It is left alone until then, in µs: it was busy, or could not be reached.</summary>
    public long NotBeforeUs { get; set; }

    /// <summary>Its number is of an earlier incarnation of this worker, and means nobody now.</summary>
    public bool IsFormer { get; set; }

    /// <summary>Requests in a row that could not be delivered.</summary>
    public int FailureCount { get; set; }
}

/// <summary>A request for values to one peer.</summary>
internal sealed class FetchRequest(int id, Peer peer)
{
    /// <summary>Number of the request in this machine.</summary>
    public int Id { get; } = id;

    /// <summary>Whom it goes to.</summary>
    public Peer Peer { get; } = peer;

    /// <summary>What is asked for.</summary>
    public List<TaskId> Tasks { get; } = [];

    /// <summary>Per value: its row, which stays while the request is under way.</summary>
    public List<int> Rows { get; } = [];

    /// <summary>Bytes that are expected in all.</summary>
    public long Bytes { get; set; }

    /// <summary>When it was made, in µs.</summary>
    public long StartUs { get; init; }
}
