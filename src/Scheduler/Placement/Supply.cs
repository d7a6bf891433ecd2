using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Placement;

/// <summary>A worker's resources: how much it has, and how much tasks have taken.</summary>
internal sealed class Supply
{
    /// <summary>Sums of fractions (ten times 0.1) may miss the whole by so much.</summary>
    private const double Tolerance = 1e-9;

    private readonly Dictionary<string, double> _total = [];
    private readonly Dictionary<string, double> _taken = [];

    public Supply(List<ResourceAmount> resources)
    {
        foreach (ResourceAmount resource in resources)
        {
            _total[resource.Name] = resource.Amount;
            _taken[resource.Name] = 0;
        }
    }

    /// <summary>Whether the worker has so much in all.</summary>
    public bool HasEver(ResourceAmount[] set) => Array.TrueForAll(set, need => need.Amount <= Total(need.Name));

    /// <summary>Whether so much is free now.</summary>
    public bool HasNow(ResourceAmount[] set) =>
        Array.TrueForAll(set, need => need.Amount <= Free(need.Name) + (Tolerance * Total(need.Name)));

    public double Free(string name) => Total(name) - _taken.GetValueOrDefault(name);

    public void Take(ResourceAmount[] set)
    {
        foreach (ResourceAmount need in set)
            _taken[need.Name] = _taken.GetValueOrDefault(need.Name) + need.Amount;
    }

    public void GiveBack(ResourceAmount[] set)
    {
        foreach (ResourceAmount need in set)
            _taken[need.Name] = _taken.GetValueOrDefault(need.Name) - need.Amount;
    }

    private double Total(string name) => _total.GetValueOrDefault(name);
}
