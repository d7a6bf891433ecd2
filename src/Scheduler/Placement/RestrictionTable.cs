using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Scheduler.Placement;

/// <summary>
/// Sets of worker names, addresses or hosts that tasks are restricted to, each kept once under a number.
/// </summary>
internal sealed class RestrictionTable
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<string[]> _sets = [];

    public string[] this[int number] => _sets[number];

    public int Add(string[] set)
    {
        string identity = string.Join('\n', set);
        if (_numbers.TryGetValue(identity, out int number))
            return number;
        number = _sets.Count;
        _sets.Add(set);
        _numbers.Add(identity, number);
        return number;
    }

    /// <summary>
    /// Whether a worker is in the set, by its name, its address (with or without scheme) or its host.
    /// </summary>
    public bool Allows(int number, SchedulerWorker worker) => Matches(_sets[number], worker);

    public static bool Matches(string[] set, SchedulerWorker worker)
    {
        foreach (string word in set)
        {
            if (word == worker.Name || word == worker.Address || word == worker.Hello.Host)
                return true;
            if (worker.Address.EndsWith("://" + word, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
