using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using TaskGraph.Command;
using TaskGraph.Transport;
using static TaskGraph.Worker.Command.BadInputException;

namespace TaskGraph.Worker.Command;

/// <summary>Where the scheduler is, where the worker listens, and where others dial it.</summary>
internal sealed class NetworkOptions(ConfiguredOptions configured)
{
    private readonly Option<string?> _schedulerFile = new("--scheduler-file")
    {
        Description = "A JSON file with the scheduler's address, as taskgraph-scheduler --scheduler-file writes it",
    };

    private readonly Option<string?> _host = configured.Text(
        "worker.host",
        "--host",
        "Where to listen for other workers and clients [default: 127.0.0.1, or the address that faces the scheduler]");

    private readonly Option<string?> _interface = configured.Text(
        "worker.interface", "--interface", "Network interface to listen on, as eth0, instead of --host");

    private readonly Option<string?> _port = configured.Text(
        "worker.port",
        "--port",
        "Port to listen on for data; 0 = any free one; several workers take the ports after it, or the first free "
        + "ones of a range, as 9000:9100",
        "--worker-port");

    private readonly Option<string?> _listenAddress = new("--listen-address")
    {
        Description = "Host and port to listen on in one, as tcp://0.0.0.0:9000",
    };

    private readonly Option<string?> _contactAddress = configured.Text(
        "worker.contact-address",
        "--contact-address",
        "What others dial, if it is not what is listened on (containers, routers): a host, or tcp://host:port");

    private readonly Option<bool> _insecure = configured.Switch(
        "worker.insecure",
        "--insecure",
        "Allow listening where other machines can connect, without encryption or passwords");

    /// <summary>The scheduler's address.</summary>
    public Argument<string?> SchedulerAddress { get; } = new("ADDRESS")
    {
        Description = "The scheduler's address, such as tcp://pi0:8786",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All =>
        [_schedulerFile, _host, _interface, _port, _listenAddress, _contactAddress, _insecure];

    /// <summary>The settings with what these options say.</summary>
    /// <exception cref="BadInputException">They make no sense.</exception>
    public WorkerSettings Apply(ParseResult result, WorkerSettings settings)
    {
        var (address, file) = FindScheduler(result);
        var (first, last) = Ports(result.GetValue(_port) ?? "0", settings.Workers);
        var (contactHost, contactPort) = Contact(result.GetValue(_contactAddress));
        settings = settings with
        {
            Scheduler = address,
            SchedulerFile = file,
            Host = result.GetValue(_interface) is { } name ? HostOf(name) : result.GetValue(_host),
            Port = first,
            LastPort = last,
            ContactHost = contactHost,
            ContactPort = contactPort,
            IsInsecure = result.GetValue(_insecure),
        };
        if (result.GetValue(_listenAddress) is not { } text)
            return settings;
        var listen = Parse(text);
        return settings with { Host = listen.Host, Port = listen.Port, LastPort = 0 };
    }

    private (string? Address, string? File) FindScheduler(ParseResult result)
    {
        var (address, file) = (result.GetValue(SchedulerAddress), result.GetValue(_schedulerFile));
        if (address is null && file is null)
        {
            address = configured.Configuration.Text("scheduler-address");
            file = address is null ? configured.Configuration.Text("scheduler-file") : null;
        }

        Require(
            address is null != file is null,
            "Name the scheduler by its address or by --scheduler-file (one of the two).");
        Require(address is null || !address.StartsWith('-'), $"There is no option {address}; --help lists them.");
        return (address is null ? null : Parse(address).ToString(), file);
    }

    private static (int First, int Last) Ports(string text, int workers)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return (InputReading.Number("--port", text, 0, ushort.MaxValue - workers + 1)!.Value, 0);
        var isRange = ushort.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            & ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var last);
        Require(isRange && first > 0 && first <= last, $"--port {text}: a port, or a range such as 9000:9100, please.");
        Require(last - first + 1 >= workers, $"--port {text}: {workers} workers need as many ports.");
        return (first, last);
    }

    private static (string? Host, int Port) Contact(string? text)
    {
        if (text is null)
            return (null, 0);
        if (!text.Contains(':', StringComparison.Ordinal))
            return (text, 0);
        var address = Parse(text);
        return (address.Host, address.Port);
    }

    private static string HostOf(string networkInterface)
    {
        try
        {
            return InterfaceAddress.Of(networkInterface);
        }
        catch (TaskGraphException e)
        {
            throw new BadInputException($"--interface {networkInterface}: {e.Message}");
        }
    }

    private static Address Parse(string text)
    {
        try
        {
            return Address.Parse(text);
        }
        catch (AddressException e)
        {
            throw new BadInputException(e.Message);
        }
    }
}
