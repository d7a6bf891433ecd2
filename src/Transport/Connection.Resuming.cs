using System.Diagnostics;
using System.Net.Sockets;
using TaskGraph.Messages;
using TaskGraph.Transport.Frames;
using TaskGraph.Transport.Links;

namespace TaskGraph.Transport;

/// <summary>
/// A session outlives its link: after a cut, messages written meanwhile wait, and those that the other side has not
/// acknowledged are sent again over the next link. Who uses the connection sees a pause.
/// </summary>
public sealed partial class Connection
{
    /// <summary>Links that may break one after another without one frame arriving.</summary>
    private const int MaxFruitlessLinks = 8;

    /// <summary>
    /// The operating system repeats an unanswered connect after 1, 3, 7 s: beginning anew notices sooner that a cable is
    /// whole again.
    /// </summary>
    private static readonly TimeSpan s_reconnectTimeout = TimeSpan.FromSeconds(2);

    private readonly ConnectionOptions _options;
    private uint _receivedAtLastCut;
    private int _fruitlessLinks;
    private Task _renewing = Task.CompletedTask;

    /// <summary>A link that the other side has welcomed while there was another one.</summary>
    private DialledLink? _next;

    /// <summary>
    /// Whether the session can go on over another link: the dialler has asked for that
    /// (<see cref="Messages.Hello.CanResume"/>), nobody has closed or aborted it, and what is to be replayed is kept.
    /// </summary>
    public bool IsResumable =>
        Hello.CanResume && _abortReason is null && _disposed == 0 && !_discarding && !_endedInOrder
        && _fruitlessLinks < MaxFruitlessLinks && _sender.CanResume(_ledger.Acknowledged);

    /// <summary>Whether there is a link at the moment; not so after its loss or the end.</summary>
    public bool IsLinked => !_ended;

    /// <summary>
    /// Cuts the link, as a fault on the way would: <see cref="ReceiveAsync"/> reports the loss, and the session can be
    /// resumed.
    /// </summary>
    public void Cut(string reason)
    {
        if (_ended)
            return;
        _cutReason ??= reason;
        _link.Dispose();
    }

    /// <summary>
    /// Dials a second link while the present one is kept, as that may only be slow. When the other side has welcomed
    /// the new link, or has not while nothing came over the old one, the old one is cut: <see cref="ReceiveAsync"/>
    /// reports that, and <see cref="ReconnectAsync"/> goes on over the new one. Not to be called again before it has ended.
    /// </summary>
    /// <param name="reason">What <see cref="ReceiveAsync"/> reports.</param>
    /// <param name="cancellationToken">Gives up dialling.</param>
    public Task RenewAsync(string reason, CancellationToken cancellationToken = default)
        => _renewing = _ended ? Task.CompletedTask : RenewNowAsync(reason, cancellationToken);

    /// <summary>
    /// After <see cref="ReceiveAsync"/> has reported the loss of the link: dials again, unless
    /// <see cref="RenewAsync"/> has, and goes on with the session.
    /// </summary>
    /// <exception cref="ConnectionRefusedException">
    /// The other side does not go on; with <see cref="RefusalCode.SessionUnknown"/> it may take this one anew.
    /// </exception>
    /// <exception cref="ConnectionLostException">Nobody answers there now.</exception>
    public async Task ReconnectAsync(CancellationToken cancellationToken = default)
    {
        await _renewing.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (Interlocked.Exchange(ref _next, null) is not { } next)
            next = await DialAgainAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!next.Welcome.IsResumed)
                throw new ProtocolException("The other side began a new session instead of going on with the old one.");
            await ResumeAsync(next.Link, next.Handshake, next.Welcome.LastReceived).ConfigureAwait(false);
        }
        catch
        {
            next.Link.Dispose();
            throw;
        }
    }

    /// <summary>Whether a dialler that has everything up to frame <paramref name="peerReceived"/> can be served.</summary>
    internal bool CanResumeFrom(long peerReceived) =>
        peerReceived is >= 0 and <= uint.MaxValue && IsResumable && _ended
        && _sender.CanResume((int)(_ledger.Acknowledged - (uint)peerReceived) > 0 ? _ledger.Acknowledged : (uint)peerReceived);

    /// <summary>Number of the last frame that has arrived in this session.</summary>
    internal uint LastReceivedFrame => _ledger.LastReceived;

    /// <summary>Goes on over a new link, after both sides have said what they have.</summary>
    internal async Task ResumeAsync(Link link, Handshake handshake, long peerReceived)
    {
        if (!CanResumeFrom(peerReceived))
            throw new ConnectionLostException(link.Remote, "what it lacks is no longer kept");

        // It has acknowledged more over the old link after it had introduced itself on this one.
        if ((int)(_ledger.Acknowledged - (uint)peerReceived) > 0)
            peerReceived = _ledger.Acknowledged;
        handshake.Frames.Resume(_ledger);
        handshake.Frames.Raise(FrameLimits.Of(_options));
        _frames = handshake.Frames;
        _link = link;
        _cutReason = null;
        Volatile.Write(ref _lastReceived, Stopwatch.GetTimestamp());
        await _sender.ResumeAsync(link, (uint)peerReceived).ConfigureAwait(false);
        _ended = false;
    }

    private async Task RenewNowAsync(string reason, CancellationToken cancellationToken)
    {
        var received = LastReceivedTimestamp;
        try
        {
            _next = await DialAgainAsync(cancellationToken).ConfigureAwait(false);
            Cut(reason);
            if (_disposed != 0)
                Interlocked.Exchange(ref _next, null)?.Link.Dispose();
        }
        catch (Exception e) when (e is TaskGraphException or OperationCanceledException)
        {
            if (received == LastReceivedTimestamp)
                Cut($"{reason}, and a second connection was not welcomed: {Sentence.Of(e)}");
        }
    }

    private Task<DialledLink> DialAgainAsync(CancellationToken cancellationToken)
    {
        Hello.IsResuming = true;
        Hello.LastReceived = _ledger.LastReceived;
        return Dialler.DialAsync(RemoteAddress, Hello, _options, s_reconnectTimeout, cancellationToken);
    }

    /// <summary>The link is gone; the session waits for another one.</summary>
    private ConnectionLostException EndLink(Exception error)
    {
        _fruitlessLinks = _ledger.LastReceived == _receivedAtLastCut ? _fruitlessLinks + 1 : 0;
        _receivedAtLastCut = _ledger.LastReceived;
        _ended = true;
        _sender.Suspend();
        _link.Dispose();
        _frames.Release();
        var isSocketGone = error is ObjectDisposedException or SocketException or IOException;
        return new ConnectionLostException(
            RemoteAddress, isSocketGone && _cutReason is { } reason ? reason : Sentence.Of(error), error);
    }
}
