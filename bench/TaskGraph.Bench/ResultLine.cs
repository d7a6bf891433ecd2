using System.Text.Json;

namespace TaskGraph.Bench;

/// <summary>One line of output: the figures of one case, in the order in which they were given.</summary>
internal sealed class ResultLine
{
    private readonly Dictionary<string, object> _fields = [];

    public ResultLine(string name, BenchSetup setup, int tasks)
    {
        (Name, TaskCount) = (name, tasks);
        _fields["case"] = name;
        _fields["tasks"] = tasks;
        _fields["workers"] = setup.WorkerCount;
        _fields["threads"] = setup.ThreadCount;
        _fields["zero_worker"] = setup.ZeroWorkers;
        _fields["runs"] = setup.RepeatCount;
    }

    /// <summary>The case.</summary>
    public string Name { get; }

    /// <summary>How many tasks the figures are for.</summary>
    public int TaskCount { get; }

    /// <summary>A figure by its name; null if the case has none.</summary>
    public double? this[string name] => _fields.TryGetValue(name, out object? value) ? value as double? : null;

    /// <summary>Adds a figure unless it is null.</summary>
    public ResultLine Add(string name, double? value, int digits = 1)
    {
        if (value is { } number)
            _fields[name] = Math.Round(number, digits);
        return this;
    }

    /// <summary>Adds the three forms of a duration.</summary>
    public ResultLine AddDuration(double seconds, int tasks) =>
        Add("seconds", seconds, 5)
            .Add("tasks_per_second", Math.Round(tasks / seconds))
            .Add("us_per_task", seconds / tasks * 1e6, 3);

    public string ToJson() => JsonSerializer.Serialize(_fields);
}
