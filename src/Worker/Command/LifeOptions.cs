using System.CommandLine;
using System.CommandLine.Parsing;
using TaskGraph.Command;
using TaskGraph.Diagnostics;
using static TaskGraph.Worker.Command.BadInputException;

namespace TaskGraph.Worker.Command;

/// <summary>Who watches the worker, how long it lives, and what it leaves on disk and standard error.</summary>
internal sealed class LifeOptions(ConfiguredOptions configured)
{
    private readonly Option<bool> _nanny = configured.Switch(
        "worker.nanny", "--nanny", "Start each worker as a child process that is watched and restarted");

    private readonly Option<bool> _noNanny = new("--no-nanny")
    {
        Description = "Run the worker in this process, without a nanny",
    };

    private readonly Option<bool> _child = new("--child") { Hidden = true };

    private readonly Option<string?> _predecessor = new("--predecessor") { Hidden = true };
    private readonly Option<string?> _runBoard = new("--run-board") { Hidden = true };

    private readonly Option<string?> _deathTimeout = configured.Text(
        "worker.death-timeout",
        "--death-timeout",
        "End after so long without a scheduler: 60, 5s, 2m [default: never]");

    private readonly Option<string?> _leaveTimeout = configured.Text(
        "worker.leave-timeout",
        "--leave-timeout",
        "How long a worker that is asked to end may take to finish what runs and hand its data over");

    private readonly Option<string?> _lifetime = configured.Text(
        "worker.lifetime.duration", "--lifetime", "Leave in order after so long [default: never]");

    private readonly Option<string?> _lifetimeStagger = configured.Text(
        "worker.lifetime.stagger", "--lifetime-stagger", "Random part added to or taken from the lifetime");

    private readonly Option<bool> _lifetimeRestart = configured.Switch(
        "worker.lifetime.restart", "--lifetime-restart", "Start a worker again whose lifetime is over");

    private readonly Option<string?> _pidFile = configured.Text(
        "worker.pid-file", "--pid-file", "File to write the process id to");

    private readonly Option<string?> _logLevel = configured.Text(
        "worker.log-level",
        "--log-level",
        "What to log to standard error: " + string.Join(", ", StderrLogger.LevelNames));

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All =>
    [
        _nanny, _noNanny, _child, _predecessor, _runBoard, _deathTimeout, _leaveTimeout, _lifetime, _lifetimeStagger,
        _lifetimeRestart, _pidFile, _logLevel,
    ];

    /// <summary>The settings with what these options say.</summary>
    /// <exception cref="BadInputException">They make no sense.</exception>
    public WorkerSettings Apply(ParseResult result, WorkerSettings settings)
    {
        var isChild = result.GetValue(_child);
        var isZero = settings.IsZeroWorker;
        var usesNanny = result.GetValue(_nanny) && !result.GetValue(_noNanny) && !isChild && !isZero;
        Require(
            usesNanny || isZero || settings.Workers == 1,
            $"--no-nanny runs one worker; --nworkers {settings.Workers} needs the nanny.");
        var restarts = result.GetValue(_lifetimeRestart);
        Require(
            !restarts || usesNanny || isChild || result.GetResult(_lifetimeRestart) is null or { Implicit: true },
            "--lifetime-restart needs the nanny, which starts the worker again.");
        Require(
            StderrLogger.TryParseLevel(result.GetValue(_logLevel) ?? "", out var level),
            $"--log-level {result.GetValue(_logLevel)}: one of {string.Join(", ", StderrLogger.LevelNames)}, please.");
        return settings with
        {
            UsesNanny = usesNanny,
            IsChild = isChild,
            Predecessor = isChild ? Predecessor.Parse(result.GetValue(_predecessor)) : null,
            RunBoard = isChild ? result.GetValue(_runBoard) : null,
            DeathTimeout = InputReading.Duration("--death-timeout", result.GetValue(_deathTimeout)),
            LeaveTimeout = InputReading.Duration("--leave-timeout", result.GetValue(_leaveTimeout)) ?? TimeSpan.Zero,
            Lifetime = InputReading.Duration("--lifetime", result.GetValue(_lifetime)),
            LifetimeStagger =
                InputReading.Duration("--lifetime-stagger", result.GetValue(_lifetimeStagger)) ?? TimeSpan.Zero,
            RestartsAfterLifetime = restarts && (usesNanny || isChild),
            PidFile = isChild ? null : result.GetValue(_pidFile),
            LogLevel = level,
        };
    }
}
