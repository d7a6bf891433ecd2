using System.Diagnostics;
using System.Globalization;

namespace TaskGraph.Tests.Faults;

/// <summary>
/// Network namespaces on a bridge of their own: one for the scheduler, one for each worker; the test itself sits on the
/// bridge. Cuts are silent, as a pulled cable is: the neighbour's hardware address is falsified, one direction at a time.
/// </summary>
internal sealed class NetworkNamespaces : IAsyncDisposable
{
    private const string FalseHardware = "02:00:00:00:00:99";
    private static int s_count;

    private readonly string _name = string.Create(
        CultureInfo.InvariantCulture, $"tg{Environment.ProcessId % 10000}{(char)('a' + (Interlocked.Increment(ref s_count) % 26))}");

    private readonly int _subnet = 1 + (Environment.ProcessId + s_count) % 250;
    private readonly int _workers;

    private NetworkNamespaces(int workers) => _workers = workers;

    public string SchedulerSpace => $"{_name}s";

    public string SchedulerAddress => Host(2);

    /// <summary>The test process's own address on the bridge.</summary>
    public string OwnAddress => Host(1);

    public static async Task<NetworkNamespaces> CreateAsync(int workers)
    {
        var spaces = new NetworkNamespaces(workers);
        await RunAsync($"ip link add {spaces._name} type bridge");
        await RunAsync($"ip addr add {spaces.OwnAddress}/24 dev {spaces._name}");
        await RunAsync($"ip link set {spaces._name} up");
        await spaces.AddAsync(spaces.SchedulerSpace, spaces.SchedulerAddress);
        for (var i = 0; i < workers; i++)
            await spaces.AddAsync(spaces.SpaceOf(i), spaces.AddressOf(i));
        return spaces;
    }

    public string SpaceOf(int worker) => string.Create(CultureInfo.InvariantCulture, $"{_name}w{worker}");

    public string AddressOf(int worker) => Host(10 + worker);

    /// <summary>Nothing from <paramref name="space"/> reaches <paramref name="address"/> any more.</summary>
    public static Task CutAsync(string space, string address)
        => InAsync(space, $"ip neigh replace {address} lladdr {FalseHardware} dev eth0 nud permanent");

    /// <summary>Takes a cut back.</summary>
    public static Task HealAsync(string space, string address) => InAsync(space, $"ip neigh del {address} dev eth0");

    /// <summary>Limits what leaves a namespace, in kilobits per second.</summary>
    public static Task ShapeAsync(string space, int kilobits)
        => InAsync(space, string.Create(
            CultureInfo.InvariantCulture, $"tc qdisc replace dev eth0 root tbf rate {kilobits}kbit burst 16kb latency 400ms"));

    /// <summary>Takes a limit back.</summary>
    public static Task UnshapeAsync(string space) => InAsync(space, "tc qdisc del dev eth0 root");

    /// <summary>How many bytes have left a namespace so far, as the bridge counts them.</summary>
    public static long BytesFrom(string space)
        => long.Parse(File.ReadAllText($"/sys/class/net/{space}v/statistics/rx_bytes"), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await RunAsync($"ip netns del {SchedulerSpace}");
        for (var i = 0; i < _workers; i++)
            await RunAsync($"ip netns del {SpaceOf(i)}");
        await RunAsync($"ip link del {_name}");
    }

    private string Host(int last) => string.Create(CultureInfo.InvariantCulture, $"10.213.{_subnet}.{last}");

    private async Task AddAsync(string space, string address)
    {
        var outer = $"{space}v";
        await RunAsync($"ip netns add {space}");
        await RunAsync($"ip link add {outer} type veth peer name eth0 netns {space}");
        await RunAsync($"ip link set {outer} master {_name} up");
        await InAsync(space, $"ip addr add {address}/24 dev eth0");
        await InAsync(space, "ip link set eth0 up");
        await InAsync(space, "ip link set lo up");
    }

    private static Task InAsync(string space, string command) => RunAsync($"ip netns exec {space} {command}");

    private static async Task RunAsync(string command)
    {
        var words = command.Split(' ');
        using var process = Process.Start(
            new ProcessStartInfo(words[0], words[1..]) { RedirectStandardError = true, UseShellExecute = false })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{command}: {error}");
    }
}
