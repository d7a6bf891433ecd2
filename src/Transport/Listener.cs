using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Transport.Links;

namespace TaskGraph.Transport;

/// <summary>
/// Accepts peers at an address. Their introductions are read side by side, a bounded number at a time, so that a
/// silent or slow one holds up nobody; what is not TaskGraph or of another version is turned away here.
/// </summary>
public sealed class Listener : IAsyncDisposable
{
    /// <summary>
    /// So many peers may be between connecting and being handed out; further ones wait in the system's queue.
    /// </summary>
    private const int MaxHandshakes = 256;

    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(50);

    private readonly ILinkSource[] _sources;
    private readonly ConnectionOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _handshakes = new(MaxHandshakes);
    private readonly Channel<PendingConnection> _introduced = Channel.CreateBounded<PendingConnection>(MaxHandshakes);
    private readonly Task _accepting;

    private Listener(ILinkSource[] sources, ConnectionOptions options)
    {
        _sources = sources;
        _options = options;
        _accepting = Task.WhenAll(sources.Select(source => Task.Run(() => AcceptLinksAsync(source))));
    }

    /// <summary>The address to dial, with the real port.</summary>
    public Address Address => _sources[0].Address;

    /// <summary>Starts to listen.</summary>
    /// <param name="bind">Where; port 0 takes any free one.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <exception cref="InsecureListenException">
    /// Other machines could reach the address, and that was not allowed.
    /// </exception>
    /// <exception cref="ListenException">The address is in use or not this machine's.</exception>
    public static Listener Start(Address bind, ConnectionOptions? options = null)
    {
        options ??= ConnectionOptions.Default;
        if (!bind.IsLoopback && !options.AllowInsecure)
            throw new InsecureListenException(bind);
        ILinkSource source = bind.Scheme == Address.InProcess
            ? InProcessLinkSource.Start(bind)
            : TcpLinkSource.Start(bind);
        ILinkSource? beside = options.AcceptsTcpOnly ? null : UnixLinkSource.TryStart(source.Address);
        return new Listener(beside is null ? [source] : [source, beside], options);
    }

    /// <summary>
    /// The peers that have introduced themselves; each must be welcomed or refused. Ends when the listener is disposed.
    /// </summary>
    public IAsyncEnumerable<PendingConnection> AcceptAsync(CancellationToken cancellationToken) =>
        _introduced.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Stops listening and cuts peers that were not answered; connections live on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var source in _sources)
            source.Dispose();
        await _accepting.ConfigureAwait(false);
        _introduced.Writer.TryComplete();
        while (_introduced.Reader.TryRead(out var pending))
            await pending.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AcceptLinksAsync(ILinkSource source)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _handshakes.WaitAsync(_stop.Token).ConfigureAwait(false);
                _ = GreetAsync(await AcceptLinkAsync(source).ConfigureAwait(false));
            }
            catch (Exception e) when (
                e is OperationCanceledException or ObjectDisposedException || _stop.IsCancellationRequested)
            {
                // A socket that is closed while it begins to accept may say anything.
                return;
            }
        }
    }

    private async Task<Link> AcceptLinkAsync(ILinkSource source)
    {
        while (true)
        {
            try
            {
                return await source.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not ObjectDisposedException && !_stop.IsCancellationRequested)
            {
                // Out of file descriptors, say: listening goes on, but not in a tight loop.
                _options.Logger.LogWarning("{Address} could not accept a peer: {Reason}.", Address, Sentence.Of(e));
                await Task.Delay(s_pauseAfterFailure, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task GreetAsync(Link link)
    {
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            deadline.CancelAfter(_options.HandshakeTimeout);
            var handshake = new Handshake(link);
            var first = await handshake.ReceiveAsync(deadline.Token).ConfigureAwait(false);
            var hello = first as Hello ?? throw new ProtocolException($"A {first.Kind} came instead of a Hello.");
            var pending = new PendingConnection(link, handshake, hello, _options);
            if (ProtocolVersions.Agree(hello) != 0)
            {
                await _introduced.Writer.WriteAsync(pending, _stop.Token).ConfigureAwait(false);
                return;
            }

            var reason = ProtocolVersions.Mismatch(hello);
            TurnedAway(link, reason);
            await pending.RefuseAsync(reason).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            link.Dispose();
            if (_stop.IsCancellationRequested)
                return;
            TurnedAway(link, e is OperationCanceledException
                ? $"it did not introduce itself within {_options.HandshakeTimeout.TotalSeconds:0.#} s"
                : Sentence.Of(e));
        }
        finally
        {
            _handshakes.Release();
        }
    }

    private void TurnedAway(Link link, string reason)
    {
        // The peer had a hand in the reason: it must not forge a second line.
        var line = reason.ReplaceLineEndings(" ").TrimEnd('.');
        _options.Logger.LogWarning("{Address} turned {Peer} away: {Reason}.", Address, link.Remote, line);
    }
}
