using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;

namespace TaskGraph.Transport.Links;

/// <summary>Links inside this process, by name.</summary>
internal sealed class InProcessLinkSource : ILinkSource
{
    private static readonly ConcurrentDictionary<string, InProcessLinkSource> s_listening = new();

    private readonly Channel<Link> _dialled = Channel.CreateUnbounded<Link>();

    private InProcessLinkSource(Address address) => Address = address;

    public Address Address { get; }

    /// <summary>Listens.</summary>
    /// <exception cref="ListenException">The name is in use.</exception>
    public static InProcessLinkSource Start(Address bind)
    {
        var source = new InProcessLinkSource(bind);
        return s_listening.TryAdd(bind.Host, source)
            ? source
            : throw new ListenException(bind, "the name is already in use in this process.");
    }

    /// <summary>Dials.</summary>
    public static Link Connect(Address to)
    {
        var (mine, theirs) = InProcessStream.Pair();
        if (!s_listening.TryGetValue(to.Host, out var source)
            || !source._dialled.Writer.TryWrite(new Link(theirs, null, to)))
        {
            throw new SocketException((int)SocketError.ConnectionRefused);
        }

        return new Link(mine, null, to);
    }

    public async ValueTask<Link> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _dialled.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(InProcessLinkSource));
        }
    }

    public void Dispose()
    {
        s_listening.TryRemove(KeyValuePair.Create(Address.Host, this));
        _dialled.Writer.TryComplete();
        while (_dialled.Reader.TryRead(out var link))
            link.Dispose();
    }
}
