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
        Complete(welcome);
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

    /// <summary>
    /// Lets a peer whose link was lost go on with its session; <see cref="Connection.ReceiveAsync"/> of
    /// <paramref name="session"/> must have reported the loss. Returns false, and has refused the peer, if what it
    /// lacks is no longer there.
    /// </summary>
    /// <exception cref="ConnectionLostException">The peer is already gone.</exception>
    public async Task<bool> ResumeAsync(Connection session)
    {
        if (!session.CanResumeFrom(Hello.LastReceived))
        {
            await RefuseAsync("the session has ended", RefusalCode.SessionUnknown).ConfigureAwait(false);
            return false;
        }

        Answer();
        var welcome = new Welcome
        {
            Epoch = session.Welcome.Epoch,
            WorkerNumber = session.Welcome.WorkerNumber,
            HeartbeatIntervalMs = session.Welcome.HeartbeatIntervalMs,
            Name = session.Welcome.Name,
            IsResumed = true,
            LastReceived = session.LastReceivedFrame,
        };
        Complete(welcome);
        using var deadline = new CancellationTokenSource(_options.HandshakeTimeout);
        try
        {
            await _handshake.SendAsync(welcome, deadline.Token).ConfigureAwait(false);
            await session.ResumeAsync(_link, _handshake, Hello.LastReceived).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (IsLoss(e))
        {
            _link.Dispose();
            throw new ConnectionLostException(RemoteAddress, Sentence.Of(e), e);
        }
    }

    /// <summary>Turns the peer away with one line, waiting up to a second until it has read it.</summary>
    /// <exception cref="InvalidOperationException">The peer was already answered.</exception>
    public async Task RefuseAsync(string reason, RefusalCode code = RefusalCode.None)
    {
        Answer();
        using var deadline = new CancellationTokenSource(s_refusalTimeout);
        try
        {
            await _handshake.RefuseAsync(reason, code, deadline.Token).ConfigureAwait(false);
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

    private void Complete(Welcome welcome)
    {
        if (welcome.Protocol == 0)
            welcome.Protocol = ProtocolVersions.Agree(Hello);
        if (welcome.Session == 0)
            welcome.Session = Hello.Session;
        if (welcome.Build.Length == 0)
            welcome.Build = Protocol.Build;
    }

    private void Answer()
    {
        if (Interlocked.Exchange(ref _answered, 1) != 0)
            throw new InvalidOperationException($"{RemoteAddress} has already been answered.");
    }
}
