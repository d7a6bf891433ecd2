using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace TaskGraph.Transport;

/// <summary>The address that this machine has on one of its networks.</summary>
public static class InterfaceAddress
{
    /// <summary>The first IPv4 address of the interface, else its first IPv6 address that is not link-local.</summary>
    /// <exception cref="TaskGraphException">There is no such interface, or it has no address; names those there are.</exception>
    public static string Of(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var all = NetworkInterface.GetAllNetworkInterfaces();
        var found = Array.Find(all, candidate => candidate.Name == name)
            ?? throw new TaskGraphException(
                $"There is no network interface {name}, but {string.Join(", ", all.Select(static one => one.Name))}.");
        var addresses = found.GetIPProperties().UnicastAddresses.Select(unicast => unicast.Address).ToArray();
        var chosen = Array.Find(addresses, address => address.AddressFamily == AddressFamily.InterNetwork)
            ?? Array.Find(addresses, address => !address.IsIPv6LinkLocal)
            ?? throw new TaskGraphException($"Network interface {name} has no address.");
        return chosen.ToString();
    }
}
