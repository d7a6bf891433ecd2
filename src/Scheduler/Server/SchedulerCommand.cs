using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using TaskGraph.Diagnostics;
using TaskGraph.Transport;

namespace TaskGraph.Scheduler.Server;

/// <summary>The command line of <c>taskgraph-scheduler</c>.</summary>
internal sealed class SchedulerCommand
{
    private const int BadInput = 2;

    private readonly Option<string> _host = new("--host")
    {
        Description = "Address to listen on",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private readonly Option<int> _port = new("--port")
    {
        Description = "Port to listen on; 0 = any free one (the real one is printed)",
        DefaultValueFactory = _ => 8786,
    };

    private readonly Option<string?> _file = new("--scheduler-file")
    {
        Description = "File to write the address to (JSON), for workers and clients on the same disk",
    };

    private readonly Option<bool> _insecure = new("--insecure")
    {
        Description = "Allow listening beyond this machine without encryption and tokens",
    };

    private readonly Option<bool> _allowRun = new("--allow-run")
    {
        Description = "Let clients run functions in this process: only where every client may be trusted",
    };

    private readonly Option<string> _logLevel = new("--log-level")
    {
        Description = $"Least level to log on stderr: {string.Join(", ", StderrLogger.LevelNames)}",
        DefaultValueFactory = _ => "info",
    };

    private readonly RootCommand _root;

    public SchedulerCommand()
    {
        _root = new RootCommand("The scheduler of a TaskGraph cluster: workers and clients connect to it.");
        _root.Options.Add(_host);
        _root.Options.Add(_port);
        _root.Options.Add(_file);
        _root.Options.Add(_insecure);
        _root.Options.Add(_allowRun);
        _root.Options.Add(_logLevel);
        _root.SetAction((parsed, _) => RunAsync(parsed));
    }

    /// <summary>Parses and runs; returns the exit code.</summary>
    public async Task<int> InvokeAsync(string[] arguments)
    {
        ParseResult parsed = _root.Parse(arguments);
        if (parsed.Errors.Count > 0)
            return Complain(parsed.Errors[0].Message);

        // Signals are handled below, so that a stop in order ends with exit code 0.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        string levelName = parsed.GetValue(_logLevel)!;
        if (!StderrLogger.TryParseLevel(levelName, out LogLevel level))
        {
            return Complain(
                $"--log-level {levelName}: not a level; choose one of {string.Join(", ", StderrLogger.LevelNames)}");
        }

        int port = parsed.GetValue(_port);
        if (port is < 0 or > ushort.MaxValue)
            return Complain($"--port {port}: a port is between 0 and {ushort.MaxValue}");
        StderrLogger logger = new("scheduler", level);
        SchedulerServer server;
        try
        {
            server = await SchedulerServer.StartAsync(new SchedulerServerOptions
            {
                Bind = BindAddress(parsed.GetValue(_host)!, port),
                AllowInsecure = parsed.GetValue(_insecure),
                AllowsRun = parsed.GetValue(_allowRun),
                Logger = logger,
            });
        }
        catch (TaskGraphException e)
        {
            return Complain(e.Message);
        }

        await using (server)
            return await ServeAsync(server, parsed.GetValue(_file));
    }

    private static async Task<int> ServeAsync(SchedulerServer server, string? file)
    {
        TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        ParentPipe.WatchIfAsked(() => stop.TrySetResult());
        if (file is not null)
        {
            try
            {
                SchedulerFile.Write(file, server);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return Complain($"--scheduler-file {file}: {e.Message}");
            }
        }

        Console.WriteLine($"Scheduler at: {server.Address}");
        Task ended = await Task.WhenAny(stop.Task, server.Completion);
        if (file is not null)
            SchedulerFile.Remove(file, server);
        return ended == stop.Task || ended.IsCompletedSuccessfully ? 0 : 1;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }
    }

    private static Address BindAddress(string host, int port) =>
        Address.Parse(host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[')
            ? $"tcp://[{host}]:{port}"
            : $"tcp://{host}:{port}");

    private static int Complain(string line)
    {
        Console.Error.WriteLine($"taskgraph-scheduler: {line}");
        return BadInput;
    }
}
