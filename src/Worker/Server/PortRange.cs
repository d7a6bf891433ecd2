using TaskGraph.Transport;

namespace TaskGraph.Worker.Server;

/// <summary>Listening on the first free port of a range: for firewalls that let some ports pass.</summary>
internal static class PortRange
{
    /// <summary>Listens at the first port from <paramref name="first"/> to <paramref name="lastPort"/> that is free.</summary>
    /// <exception cref="ListenException">None is.</exception>
    public static Listener Listen(Address first, int lastPort, ConnectionOptions connections)
    {
        for (var port = first.Port; port < lastPort; port++)
        {
            try
            {
                return Listener.Start(first with { Port = port }, connections);
            }
            catch (ListenException)
            {
                // Taken: perhaps by a worker beside this one. The last one says what is wrong.
            }
        }

        return Listener.Start(lastPort > 0 ? first with { Port = lastPort } : first, connections);
    }
}
