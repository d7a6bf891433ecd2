using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using TaskGraph.Command;
using TaskGraph.Messages;
using static TaskGraph.Worker.Command.BadInputException;

namespace TaskGraph.Worker.Command;

/// <summary>How many workers, and what each of them has.</summary>
internal sealed class SizeOptions(ConfiguredOptions configured)
{
    // Below this the heap limit that is derived from the memory limit would leave the runtime nothing to live on.
    private const long LeastMemoryLimit = 128 << 20;

    private readonly Option<string?> _workers = configured.Text(
        "worker.nworkers",
        "--nworkers",
        "Worker processes: a number, 'auto', or a negative number for cores + 1 + N",
        "--nprocs");

    private readonly Option<string?> _threads = configured.Text(
        "worker.nthreads", "--nthreads", "Threads of each worker process [default: cores / workers]");

    private readonly Option<string?> _memoryLimit = configured.Text(
        "worker.memory-limit",
        "--memory-limit",
        "Memory of each worker process: 2GiB, \"11 GB\", 0.5 (of the machine), auto, or 0 for no limit");

    private readonly Option<string?> _resources = configured.Text(
        "worker.resources",
        "--resources",
        "What each worker has, for tasks that say what they take: \"GPU=2 MEM=10e9\"");

    private readonly Option<string?> _name = configured.Text(
        "worker.name",
        "--name",
        "Name of the worker, unique in the cluster; several get -0, -1, … [default: its address]");

    private readonly Option<bool> _zeroWorker = new("--zero-worker")
    {
        Description = "For measuring: answer every task at once without running it; all --nworkers in one process",
    };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_workers, _threads, _memoryLimit, _resources, _name, _zeroWorker];

    /// <summary>The settings with what these options say.</summary>
    /// <exception cref="BadInputException">They make no sense.</exception>
    public WorkerSettings Apply(ParseResult result, WorkerSettings settings)
    {
        var workers = WorkerCount(result.GetValue(_workers) ?? "1");
        var isZero = result.GetValue(_zeroWorker);
        return settings with
        {
            IsZeroWorker = isZero,
            Workers = workers,
            Threads = InputReading.Number("--nthreads", result.GetValue(_threads), 1, 4096)
                ?? Math.Max(1, Environment.ProcessorCount / workers),
            // Zero workers hold nothing, so that any number of them fits.
            MemoryLimitBytes = isZero ? 0 : MemoryLimit(result.GetValue(_memoryLimit) ?? "auto", workers),
            Resources = Resources(result.GetValue(_resources) ?? ""),
            Name = result.GetValue(_name) ?? "",
        };
    }

    private static int WorkerCount(string text)
    {
        var cores = Environment.ProcessorCount;
        if (text.Equals("auto", StringComparison.OrdinalIgnoreCase))
            return Automatic(cores);
        Require(int.TryParse(text, out var count), $"--nworkers {text}: a number or 'auto', please.");
        if (count < 0)
            count = cores + 1 + count;
        Require(count is > 0 and <= 1024, $"--nworkers {text}: that makes {count} workers.");
        return count;
    }

    /// <summary>
    /// Dask's rule: few cores get a process each; of many, the least divisor from the square root on.
    /// </summary>
    private static int Automatic(int cores)
    {
        if (cores <= 4)
            return cores;
        for (var count = (int)Math.Ceiling(Math.Sqrt(cores)); count < cores; count++)
        {
            if (cores % count == 0)
                return count;
        }

        return cores;
    }

    private static long MemoryLimit(string text, int workers)
    {
        try
        {
            var limit = ByteSize.ParseMemoryLimit(text, MachineMemory.Bytes(), workers);
            Require(
                limit is 0 or >= LeastMemoryLimit,
                $"--memory-limit {text} is {new ByteSize(limit)}: a worker needs at least "
                + $"{new ByteSize(LeastMemoryLimit)}.");
            return limit;
        }
        catch (FormatException e)
        {
            throw new BadInputException($"--memory-limit: {e.Message}");
        }
    }

    private static ResourceAmount[] Resources(string text)
    {
        var resources = new List<ResourceAmount>();
        foreach (var word in text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var amount = 0.0;
            Require(
                equals > 0 && double.TryParse(word.AsSpan(equals + 1), CultureInfo.InvariantCulture, out amount)
                && double.IsFinite(amount) && amount >= 0,
                $"--resources {word}: write NAME=AMOUNT, as in \"GPU=2 MEM=10e9\", please.");
            var name = word[..equals];
            Require(!resources.Exists(r => r.Name == name), $"--resources names {name} twice.");
            resources.Add(new ResourceAmount(name, amount));
        }

        return [.. resources];
    }
}
