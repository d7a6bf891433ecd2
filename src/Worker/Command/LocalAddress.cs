using System.Net;
using System.Net.NetworkInformation;
using TaskGraph.Transport;

namespace TaskGraph.Worker.Command;

/// <summary>Which of this machine's addresses others should dial.</summary>
internal static class LocalAddress
{
    /// <summary>
    /// The address on the network that the scheduler is on; else the first one that is not loopback; else loopback.
    /// </summary>
    public static async Task<string> FacingAsync(Address scheduler, CancellationToken cancellation)
    {
        if (scheduler.IsLoopback)
            return IPAddress.Loopback.ToString();
        var targets = await Dns.GetHostAddressesAsync(scheduler.Host, cancellation).ConfigureAwait(false);
        string? first = null;
        foreach (var unicast in NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses))
        {
            if (!IsVersion4(unicast.Address) || IPAddress.IsLoopback(unicast.Address))
                continue;
            first ??= unicast.Address.ToString();
            if (Array.Exists(targets, target =>
                IsVersion4(target) && SameNetwork(target, unicast.Address, unicast.PrefixLength)))
                return unicast.Address.ToString();
        }

        return first ?? IPAddress.Loopback.ToString();
    }

    private static bool IsVersion4(IPAddress address) => address.GetAddressBytes().Length == 4;

    private static bool SameNetwork(IPAddress left, IPAddress right, int prefixBits)
    {
        var mask = prefixBits == 0 ? 0u : uint.MaxValue << (32 - prefixBits);
        return (ToNumber(left) & mask) == (ToNumber(right) & mask);
    }

    private static uint ToNumber(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];
    }
}
