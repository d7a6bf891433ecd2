using System.Net.Sockets;
using TaskGraph.Messages;
using TaskGraph.Transport.Links;

namespace TaskGraph.Transport;

/// <summary>A peer that has introduced itself and waits to be welcomed or refused.</summary>
public sealed class PendingConnection : IAsyncDisposable
{
    private static readonly TimeSpan s_refusalTimeout = TimeSpan.FromSeconds(1);

    private readonly Link _link;
    private readonly Handshake _handshake;
    private readonly ConnectionOptions _options;
    private int _answered;

    internal PendingConnection(Link link, Handshake handshake, Hello hello, ConnectionOptions options)
    {
        _link = link;
        _handshake = handshake;
        _options = options;
        Hello = hello;
    }

    /// <summary>How the peer introduced itself; its protocol versions fit.</summary>
    public Hello Hello { get; }

    /// <summary>The peer's end of the link.</summary>
    public Address RemoteAddress => _link.Remote;

    /// <summary>
    /// Accepts the peer. Protocol version, session and build are filled in where <paramref name="welcome"/> leaves
    /// them empty.
    /// </summary>
    /// <exception cref="ConnectionLostException">The peer is already gone.</exception>
    /// <exception cref="InvalidOperationException">The peer was already answered.</exception>
    public async Task<Connection> WelcomeAsync(Welcome welcome)
    {
        Answer();
        if (welcome.Protocol == 0)
            welcome.Protocol = ProtocolVersions.Agree(Hello);
        if (welcome.Session == 0)
            welcome.Session = Hello.Session;
        if (welcome.Build.Length == 0)
            welcome.Build = Protocol.Build;
        using var deadline = new CancellationTokenSource(_options.HandshakeTimeout);
        try
        {
            await _handshake.SendAsync(welcome, deadline.Token).ConfigureAwait(false);
            return new Connection(_link, _handshake.Ledger, _handshake.Frames, Hello, welcome, _options);
        }
        catch (Exception e)
        {
            _link.Dispose();
            if (IsLoss(e))
                throw new ConnectionLostException(RemoteAddress, Sentence.Of(e), e);
            throw;
        }
    }

    /// <summary>Turns the peer away with one line, waiting up to a second until it has read it.</summary>
    /// <exception cref="InvalidOperationException">The peer was already answered.</exception>
    public async Task RefuseAsync(string reason)
    {
        Answer();
        using var deadline = new CancellationTokenSource(s_refusalTimeout);
        try
        {
            await _handshake.RefuseAsync(reason, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLoss(e))
        {
            // It did not wait for the answer.
        }
        finally
        {
            _handshake.Frames.Release();
            _link.Dispose();
        }
    }

    /// <summary>Cuts the link if the peer has not been answered.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _answered, 1) == 0)
            _link.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool IsLoss(Exception e) =>
        e is IOException or SocketException or OperationCanceledException or ObjectDisposedException;

    private void Answer()
    {
        if (Interlocked.Exchange(ref _answered, 1) != 0)
            throw new InvalidOperationException($"{RemoteAddress} has already been answered.");
    }
}
