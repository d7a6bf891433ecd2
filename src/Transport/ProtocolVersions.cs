using TaskGraph.Messages;

namespace TaskGraph.Transport;

/// <summary>Finds the protocol version that both sides speak.</summary>
internal static class ProtocolVersions
{
    /// <summary>The newest version that this build and the speaker share; 0 = none.</summary>
    public static int Agree(Hello hello)
    {
        var version = Math.Min(Protocol.Newest, hello.ProtocolMax);
        return version >= Math.Max(Protocol.Oldest, hello.ProtocolMin) ? version : 0;
    }

    /// <summary>The refusal that names both sides.</summary>
    public static string Mismatch(Hello hello) =>
        $"this side ({Protocol.Build}) speaks protocol versions {Range(Protocol.Oldest, Protocol.Newest)}, "
        + $"yours ({hello.Build}) speaks {Range(hello.ProtocolMin, hello.ProtocolMax)}: update the older of the two.";

    private static string Range(int oldest, int newest) => oldest == newest ? $"{oldest}" : $"{oldest} to {newest}";
}
