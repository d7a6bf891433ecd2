using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using TaskGraph.Diagnostics;
using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph.Worker.Command;

/// <summary>The options of <c>taskgraph-worker</c>, in Dask's spellings, and what they mean together.</summary>
internal sealed class WorkerCommand
{
    // Below this the heap limit that is derived from the memory limit would leave the runtime nothing to live on.
    private const long LeastMemoryLimit = 128 << 20;

    private readonly Argument<string?> _address = new("ADDRESS")
    {
        Description = "The scheduler's address, such as tcp://pi0:8786",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _schedulerFile = new("--scheduler-file")
    {
        Description = "A JSON file with the scheduler's address, as taskgraph-scheduler --scheduler-file writes it",
    };

    private readonly Option<string> _workers = new("--nworkers", "--nprocs")
    {
        Description = "Worker processes: a number, 'auto', or a negative number for cores + 1 + N",
        DefaultValueFactory = _ => "1",
    };

    private readonly Option<string?> _threads = new("--nthreads")
    {
        Description = "Threads of each worker process [default: cores / workers]",
    };

    private readonly Option<string> _memoryLimit = new("--memory-limit")
    {
        Description = "Memory of each worker process: 2GiB, \"11 GB\", 0.5 (of the machine), auto, or 0 for no limit",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<string> _name = new("--name")
    {
        Description = "Name of the worker, unique in the cluster; several get -0, -1, … [default: its address]",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<string?> _host = new("--host")
    {
        Description = "Where to listen for other workers and clients [default: 127.0.0.1, or the address that faces "
            + "the scheduler]",
    };

    private readonly Option<string> _port = new("--port", "--worker-port")
    {
        Description = "Port to listen on for data; 0 = any free one; several workers take the ports after it",
        DefaultValueFactory = _ => "0",
    };

    private readonly Option<string?> _localDirectory = new("--local-directory")
    {
        Description = "Where workers keep their files",
    };

    private readonly Option<bool> _nanny = new("--nanny")
    {
        Description = "Start each worker as a child process that is watched and restarted",
        DefaultValueFactory = _ => true,
    };

    private readonly Option<bool> _noNanny = new("--no-nanny")
    {
        Description = "Run the worker in this process, without a nanny",
    };

    private readonly Option<bool> _zeroWorker = new("--zero-worker")
    {
        Description = "For measuring: answer every task at once without running it; all --nworkers in one process",
    };

    private readonly Option<bool> _child = new("--child") { Hidden = true };

    private readonly Option<string> _resources = new("--resources")
    {
        Description = "What each worker has, for tasks that say what they take: \"GPU=2 MEM=10e9\"",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<string?> _deathTimeout = new("--death-timeout")
    {
        Description = "End after so long without a scheduler: 60, 5s, 2m [default: never]",
    };

    private readonly Option<bool> _insecure = new("--insecure")
    {
        Description = "Allow listening where other machines can connect, without encryption or passwords",
    };

    private readonly Option<string> _logLevel = new("--log-level")
    {
        Description = "What to log to standard error: " + string.Join(", ", StderrLogger.LevelNames),
        DefaultValueFactory = _ => "info",
    };

    private readonly RootCommand _root;

    public WorkerCommand()
    {
        _root = new RootCommand("Runs tasks for a TaskGraph scheduler.")
        {
            _address, _schedulerFile, _workers, _threads, _memoryLimit, _resources, _name, _host, _port, _localDirectory,
            _nanny, _noNanny, _zeroWorker, _child, _deathTimeout, _insecure, _logLevel,
        };
    }

    /// <summary>Reads a command line; null = help or version was asked for and printed.</summary>
    /// <exception cref="BadInputException">It makes no sense.</exception>
    public WorkerSettings? Read(string[] args)
    {
        var result = _root.Parse(args);
        if (result.Action is HelpAction || result.GetResult(_root.Options.OfType<VersionOption>().First()) is not null)
        {
            result.Invoke();
            return null;
        }

        if (result.Errors.Count > 0)
            throw new BadInputException(result.Errors[0].Message);
        return Check(result);
    }

    private WorkerSettings Check(ParseResult result)
    {
        var (address, file) = (result.GetValue(_address), result.GetValue(_schedulerFile));
        if (address is null == file is null)
            throw new BadInputException("Name the scheduler by its address or by --scheduler-file (one of the two).");
        var workers = WorkerCount(result.GetValue(_workers)!);
        var threads = Number("--nthreads", result.GetValue(_threads), 1, 4096)
            ?? Math.Max(1, Environment.ProcessorCount / workers);
        var isChild = result.GetValue(_child);
        var isZero = result.GetValue(_zeroWorker);
        var usesNanny = result.GetValue(_nanny) && !result.GetValue(_noNanny) && !isChild && !isZero;
        Require(
            usesNanny || isZero || workers == 1,
            $"--no-nanny runs one worker; --nworkers {workers} needs the nanny.");
        var port = Number("--port", result.GetValue(_port), 0, ushort.MaxValue - workers + 1) ?? 0;
        Require(
            StderrLogger.TryParseLevel(result.GetValue(_logLevel)!, out var level),
            $"--log-level {result.GetValue(_logLevel)}: one of {string.Join(", ", StderrLogger.LevelNames)}, please.");
        return new WorkerSettings
        {
            Scheduler = CheckAddress(address),
            SchedulerFile = file,
            Workers = workers,
            Threads = threads,
            // Zero workers hold nothing, so that any number of them fits.
            MemoryLimitBytes = isZero ? 0 : MemoryLimit(result.GetValue(_memoryLimit)!, workers),
            Resources = Resources(result.GetValue(_resources)!),
            Name = result.GetValue(_name)!,
            Host = result.GetValue(_host),
            Port = port,
            LocalDirectory = result.GetValue(_localDirectory),
            UsesNanny = usesNanny,
            IsChild = isChild,
            IsZeroWorker = isZero,
            DeathTimeout = DeathTimeout(result.GetValue(_deathTimeout)),
            IsInsecure = result.GetValue(_insecure),
            LogLevel = level,
        };
    }

    private static int? Number(string option, string? text, int least, int most)
    {
        if (text is null)
            return null;
        Require(
            int.TryParse(text, out var number) && number >= least && number <= most,
            $"{option} {text}: a number between {least} and {most}, please.");
        return number;
    }

    private static string? CheckAddress(string? text)
    {
        Require(text is null || !text.StartsWith('-'), $"There is no option {text}; --help lists them.");
        try
        {
            return text is null ? null : Address.Parse(text).ToString();
        }
        catch (AddressException e)
        {
            throw new BadInputException(e.Message);
        }
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
            var limit = ByteSize.ParseMemoryLimit(text, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, workers);
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
            Require(
                equals > 0 && double.TryParse(word.AsSpan(equals + 1), CultureInfo.InvariantCulture, out var amount)
                && double.IsFinite(amount) && amount >= 0,
                $"--resources {word}: write NAME=AMOUNT, as in \"GPU=2 MEM=10e9\", please.");
            var name = word[..equals];
            Require(!resources.Exists(r => r.Name == name), $"--resources names {name} twice.");
            var number = word.AsSpan(equals + 1);
            resources.Add(new ResourceAmount(name, double.Parse(number, CultureInfo.InvariantCulture)));
        }

        return [.. resources];
    }

    private static TimeSpan? DeathTimeout(string? text)
    {
        if (text is null)
            return null;
        Require(DurationText.TryParse(text, out var timeout), $"--death-timeout {text}: write 60, 5s or 2m, please.");
        return timeout;
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new BadInputException(message);
    }
}
