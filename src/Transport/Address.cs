using System.Globalization;
using System.Net;

namespace TaskGraph.Transport;

/// <summary>
/// Where a process can be reached: <c>tcp://host:port</c>, or <c>inproc://name</c> inside one process.
/// </summary>
/// <param name="Scheme">"tcp" or "inproc".</param>
/// <param name="Host">A host name or IP address without brackets; for "inproc" the endpoint's name.</param>
/// <param name="Port">The TCP port; 0 lets a listener choose one. Always 0 for "inproc".</param>
public sealed record Address(string Scheme, string Host, int Port)
{
    /// <summary>The scheme of addresses that are reached over TCP.</summary>
    public const string Tcp = "tcp";

    /// <summary>The scheme of addresses inside this process.</summary>
    public const string InProcess = "inproc";

    /// <summary>The scheme by which the other end of a connection is named that came without TCP; nobody dials it.</summary>
    internal const string Unix = "unix";

    /// <summary>Whether only this machine can reach the address.</summary>
    public bool IsLoopback =>
        Scheme == InProcess
        || string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out var ip) && IPAddress.IsLoopback(ip));

    /// <summary>
    /// Reads <c>tcp://host:port</c>, <c>host:port</c>, <c>tcp://[::1]:port</c> or <c>inproc://name</c>.
    /// </summary>
    /// <exception cref="AddressException">The text is none of these.</exception>
    public static Address Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var separator = trimmed.IndexOf("://", StringComparison.Ordinal);
        var scheme = separator < 0 ? Tcp : trimmed[..separator].ToLowerInvariant();
        var rest = separator < 0 ? trimmed : trimmed[(separator + 3)..].TrimEnd('/');
        return scheme switch
        {
            Tcp => ParseTcp(text, rest),
            InProcess when rest.Length > 0 => new Address(InProcess, rest, 0),
            InProcess => throw new AddressException(text, "the name is missing"),
            _ => throw new AddressException(text, $"'{scheme}' is no known scheme"),
        };
    }

    /// <summary>The address of a socket's end; IPv4 in IPv6 clothes is shown as IPv4.</summary>
    internal static Address Of(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint ip)
            return new Address(Tcp, "unknown", 0);
        var address = ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address;
        return new Address(Tcp, address.ToString(), ip.Port);
    }

    /// <summary>The address as <see cref="Parse"/> reads it.</summary>
    public override string ToString() =>
        Scheme is InProcess or Unix ? $"{Scheme}://{Host}"
        : Host.Contains(':') ? $"{Scheme}://[{Host}]:{Port}"
        : $"{Scheme}://{Host}:{Port}";

    private static Address ParseTcp(string text, string rest)
    {
        var colon = rest.LastIndexOf(':');
        if (colon < 0 || rest.EndsWith(']'))
            throw new AddressException(text, "the port is missing");
        var host = rest[..colon];
        var port = rest[(colon + 1)..];
        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new AddressException(text, $"'{port}' is no port between 0 and 65535");
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            return IPAddress.TryParse(host, out var ip)
                ? new Address(Tcp, ip.ToString(), number)
                : throw BadHost(text, host);
        }

        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? new Address(Tcp, host, number)
            : throw BadHost(text, host);
    }

    private static AddressException BadHost(string text, string host) =>
        new(text, host.Length == 0 ? "the host is missing" : $"'{host}' is no host name or IP address");
}
