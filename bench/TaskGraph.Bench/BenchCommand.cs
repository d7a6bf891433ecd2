using System.CommandLine;
using TaskGraph.Bench.Table;

namespace TaskGraph.Bench;

/// <summary>The command line.</summary>
internal sealed class BenchCommand
{
    private readonly Argument<string[]> _name = new("case")
    {
        Description = "One of: " + string.Join(", ", Catalogue.Cases.Select(static one => one.Name)) + ", all; "
            + "a graph of RSDS's, Task Bench's or Estee's (bag-10, task-bench-fft, estee-montage, …), the latter with sleeps "
            + $"and data of 1/10,000 of the published; {Catalogue.AllGraphs} for all of these; or table.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int?> _tasks = new("--tasks")
    {
        Description = "Number of tasks (default: the case's own); the most that a row of the table may have.",
    };

    private readonly Option<int> _workers = new("--workers")
    {
        Description = "Worker processes.",
        DefaultValueFactory = _ => 2,
    };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads per worker.",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int> _repeat = new("--repeat")
    {
        Description = "Timed runs; the median is printed.",
        DefaultValueFactory = _ => 5,
    };

    private readonly Option<bool> _zeroWorker = new("--zero-worker")
    {
        Description = "Workers that answer at once without running anything, all in one process.",
    };

    private readonly Option<double> _sleep = new("--sleep-ms")
    {
        Description = "How long each task of merge-slow sleeps.",
        DefaultValueFactory = _ => 10,
    };

    private readonly Option<string?> _peers = new("--peers")
    {
        Description = "table: the folder with dask_sched.py, which is run beside our rows.",
    };

    private readonly Option<int> _peerRepeat = new("--peer-repeat")
    {
        Description = "table: undisturbed runs of each of the peer's cases.",
        DefaultValueFactory = _ => 3,
    };

    private readonly Option<string[]> _rows = new("--rows")
    {
        Description = "table: only rows whose label contains one of these.",
        AllowMultipleArgumentsPerToken = true,
    };

    public Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Times TaskGraph on separate processes of this machine; one JSON line per result.")
        {
            _name, _tasks, _workers, _threads, _repeat, _zeroWorker, _sleep, _peers, _peerRepeat, _rows,
        };
        root.SetAction(RunAsync);
        return root.Parse(args).InvokeAsync();
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        string wanted = string.Join(' ', parsed.GetValue(_name)!);
        int repeat = parsed.GetValue(_repeat);
        if (wanted == "table")
        {
            var table = new BenchTable(
                repeat, parsed.GetValue(_tasks), parsed.GetValue(_peers), parsed.GetValue(_peerRepeat));
            await table.RunAsync(parsed.GetValue(_rows) ?? [], cancellation);
            return 0;
        }

        var chosen = Catalogue.Find(wanted);
        if (chosen.Count == 0)
        {
            await Console.Error.WriteLineAsync($"There is no case '{wanted}': {_name.Description}");
            return 2;
        }

        foreach (var one in chosen)
        {
            var setup = new BenchSetup(
                parsed.GetValue(_tasks) ?? one.DefaultTaskCount,
                parsed.GetValue(_workers),
                parsed.GetValue(_threads),
                repeat,
                parsed.GetValue(_zeroWorker),
                parsed.GetValue(_sleep));
            foreach (var line in await one.MeasureAsync(setup, cancellation))
                Console.WriteLine(line.ToJson());
        }

        return 0;
    }
}
