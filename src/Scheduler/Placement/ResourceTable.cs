using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Placement;

/// <summary>Sets of resources that tasks take, each kept once under a number.</summary>
internal sealed class ResourceTable
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<ResourceAmount[]> _sets = [];

    public ResourceAmount[] this[int number] => _sets[number];

    public int Add(ResourceAmount[] set)
    {
        string identity = string.Join('\n', set);
        if (_numbers.TryGetValue(identity, out int number))
            return number;
        number = _sets.Count;
        _sets.Add(set);
        _numbers.Add(identity, number);
        return number;
    }
}
