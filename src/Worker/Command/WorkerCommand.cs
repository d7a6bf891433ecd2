using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using TaskGraph.Command;
using TaskGraph.Configuration;

namespace TaskGraph.Worker.Command;

/// <summary>The options of <c>taskgraph-worker</c>, in Dask's spellings, and what they mean together.</summary>
internal sealed class WorkerCommand
{
    private readonly ConfiguredOptions _configured;
    private readonly SizeOptions _size;
    private readonly NetworkOptions _network;
    private readonly LifeOptions _life;
    private readonly MemoryOptions _memory;
    private readonly RootCommand _root;

    public WorkerCommand(ConfigurationValues? configuration = null)
    {
        _configured = new ConfiguredOptions(configuration ?? ConfigurationValues.Defaults);
        _size = new SizeOptions(_configured);
        _network = new NetworkOptions(_configured);
        _life = new LifeOptions(_configured);
        _memory = new MemoryOptions(_configured);
        _root = new RootCommand("Runs tasks for a TaskGraph scheduler.") { _network.SchedulerAddress };
        IEnumerable<Option> all =
            [.. _size.All, .. _memory.All, .. _network.All, .. _life.All, _configured.Print];
        foreach (var option in all)
            _root.Options.Add(option);
    }

    /// <summary>Reads a command line; null = something was asked for and printed: help, version, configuration.</summary>
    /// <exception cref="BadInputException">It makes no sense.</exception>
    public WorkerSettings? Read(string[] args)
    {
        var result = _root.Parse(args);
        if (result.Action is HelpAction || result.GetResult(_root.Options.OfType<VersionOption>().First()) is not null)
        {
            result.Invoke();
            return null;
        }

        BadInputException.Require(result.Errors.Count == 0, result.Errors.Count == 0 ? "" : result.Errors[0].Message);
        if (result.GetValue(_configured.Print))
        {
            foreach (var line in _configured.Describe(result, "scheduler-").Concat(_configured.Describe(result, "worker")))
                Console.Out.WriteLine(line);
            return null;
        }

        // Sizes first: the other groups ask how many workers there are.
        var settings = _memory.Apply(result, _size.Apply(result, new WorkerSettings()));
        settings = ConfiguredLimits.Apply(_configured.Configuration, settings);
        return _life.Apply(result, _network.Apply(result, settings));
    }
}
