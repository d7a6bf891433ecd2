namespace Machines.Tests.Simulation;

/// <summary>What a run, or many, went through: proof that the faults happen and the rare messages are sent.</summary>
internal sealed class Coverage
{
    private readonly Dictionary<MessageKind, int> _delivered = [];

    /// <summary>Order-dependent hash of all that happened.</summary>
    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    /// <summary>How many messages of this kind were delivered.</summary>
    public int this[MessageKind kind] => _delivered.GetValueOrDefault(kind);

    public int MessageCount => _delivered.Values.Sum();

    public void Delivered(MessageKind kind) => _delivered[kind] = this[kind] + 1;

    public void Happened(string line)
    {
        foreach (var c in line)
            Fingerprint = (Fingerprint ^ c) * 1099511628211;
    }

    public void Add(Coverage other)
    {
        foreach (var (kind, count) in other._delivered)
            _delivered[kind] = this[kind] + count;
    }

    public override string ToString() =>
        string.Join(", ", _delivered.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"));
}
