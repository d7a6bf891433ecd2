using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Microsoft.Extensions.Logging;
using TaskGraph.Command;
using TaskGraph.Configuration;
using TaskGraph.Diagnostics;
using TaskGraph.Transport;

namespace TaskGraph.Scheduler.Server;

/// <summary>The command line of <c>taskgraph-scheduler</c>.</summary>
internal sealed class SchedulerCommand
{
    private const int BadInput = 2;

    private readonly ConfiguredOptions _configured;
    private readonly Option<string?> _host;
    private readonly Option<string?> _interface;
    private readonly Option<string?> _port;
    private readonly Option<string?> _file;
    private readonly Option<string?> _pidFile;
    private readonly Option<string?> _stateDirectory;
    private readonly Option<bool> _insecure;
    private readonly Option<bool> _allowRun;
    private readonly Option<string?> _idleTimeout;
    private readonly Option<string?> _noWorkersTimeout;
    private readonly Option<string?> _logLevel;
    private readonly RootCommand _root;

    public SchedulerCommand(ConfigurationValues? configuration = null)
    {
        _configured = new ConfiguredOptions(configuration ?? ConfigurationValues.Defaults);
        _host = _configured.Text("scheduler.host", "--host", "Address to listen on");
        _interface = _configured.Text(
            "scheduler.interface", "--interface", "Network interface to listen on, as eth0, instead of --host");
        _port = _configured.Text(
            "scheduler.port", "--port", "Port to listen on; 0 = any free one (the real one is printed)");
        _file = _configured.Text(
            "scheduler-file",
            "--scheduler-file",
            "File to write the address to (JSON), for workers and clients on the same disk");
        _pidFile = _configured.Text("scheduler.pid-file", "--pid-file", "File to write the process id to");
        _stateDirectory = _configured.Text(
            "scheduler.state-dir",
            "--state-dir",
            "Directory for the journal: a scheduler started there again goes on with all that was accepted");
        _insecure = _configured.Switch(
            "scheduler.insecure", "--insecure", "Allow listening beyond this machine without encryption and tokens");
        _allowRun = _configured.Switch(
            "scheduler.allow-run",
            "--allow-run",
            "Let clients run functions in this process: only where every client may be trusted");
        _idleTimeout = _configured.Text(
            "scheduler.idle-timeout", "--idle-timeout", "End after so long without anything to do, as 30m; none = never");
        _noWorkersTimeout = _configured.Text(
            "scheduler.no-workers-timeout",
            "--no-workers-timeout",
            "Fail a task that no connected worker may run after so long, as 10m; none = never");
        _logLevel = _configured.Text(
            "scheduler.log-level",
            "--log-level",
            $"Least level to log on stderr: {string.Join(", ", StderrLogger.LevelNames)}");
        _root = new RootCommand("The scheduler of a TaskGraph cluster: workers and clients connect to it.")
        {
            _host, _interface, _port, _file, _pidFile, _stateDirectory, _insecure, _allowRun, _idleTimeout,
            _noWorkersTimeout, _logLevel, _configured.Print,
        };
        _root.SetAction((parsed, _) => RunAsync(parsed));
    }

    /// <summary>Parses and runs; returns the exit code.</summary>
    public async Task<int> InvokeAsync(string[] arguments)
    {
        ParseResult parsed = _root.Parse(arguments);
        if (parsed.Errors.Count > 0)
            return Complain(parsed.Errors[0].Message);

        // Signals are handled elsewhere, so that a stop in order ends with exit code 0.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    /// <summary>Says on standard error what is wrong with the input; returns the exit code for that.</summary>
    public static int Complain(string line)
    {
        Console.Error.WriteLine($"taskgraph-scheduler: {line}");
        return BadInput;
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        if (parsed.GetValue(_configured.Print))
        {
            foreach (string line in _configured.Describe(parsed, "scheduler"))
                Console.WriteLine(line);
            return 0;
        }

        string levelName = parsed.GetValue(_logLevel) ?? "";
        if (!StderrLogger.TryParseLevel(levelName, out LogLevel level))
        {
            return Complain(
                $"--log-level {levelName}: not a level; choose one of {string.Join(", ", StderrLogger.LevelNames)}");
        }

        string portText = parsed.GetValue(_port) ?? "0";
        if (!ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            return Complain($"--port {portText}: a port is between 0 and {ushort.MaxValue}");
        if (!TryRead(parsed, _idleTimeout, out TimeSpan? idle) || !TryRead(parsed, _noWorkersTimeout, out TimeSpan? noWorkers))
            return BadInput;
        SchedulerServer server;
        try
        {
            SchedulerServerOptions options = Options(parsed, port, level);
            server = await SchedulerServer.StartAsync(
                options with { IdleTimeout = idle, NoWorkersTimeout = noWorkers });
        }
        catch (TaskGraphException e)
        {
            return Complain(e.Message);
        }

        await using (server)
            return await SchedulerProcess.ServeAsync(server, parsed.GetValue(_file), parsed.GetValue(_pidFile));
    }

    private SchedulerServerOptions Options(ParseResult parsed, int port, LogLevel level)
    {
        string host = parsed.GetValue(_interface) is { Length: > 0 } name
            ? InterfaceAddress.Of(name)
            : parsed.GetValue(_host)!;
        return new SchedulerServerOptions
        {
            Bind = BindAddress(host, port),
            StateDirectory = parsed.GetValue(_stateDirectory) is { Length: > 0 } directory ? directory : null,
            AllowInsecure = parsed.GetValue(_insecure),
            AllowsRun = parsed.GetValue(_allowRun),
            Configuration = _configured.Configuration,
            Logger = new StderrLogger("scheduler", level),
        };
    }

    /// <summary>Reads a duration, null = not given; complains and returns false when it is none.</summary>
    private static bool TryRead(ParseResult parsed, Option<string?> option, out TimeSpan? duration)
    {
        duration = null;
        string? text = parsed.GetValue(option);
        if (string.IsNullOrEmpty(text))
            return true;
        if (!DurationText.TryParse(text, out TimeSpan value) || value <= TimeSpan.Zero)
        {
            Complain($"{option.Name} {text}: not a duration; write 30s, 10m or 1h");
            return false;
        }

        duration = value;
        return true;
    }

    private static Address BindAddress(string host, int port) =>
        Address.Parse(host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[')
            ? $"tcp://[{host}]:{port}"
            : $"tcp://{host}:{port}");
}
