using System.Net.Sockets;
using TaskGraph.Messages;
using TaskGraph.Transport.Links;

namespace TaskGraph.Transport;

/// <summary>A link whose other side has welcomed this one.</summary>
internal sealed record DialledLink(Link Link, Handshake Handshake, Welcome Welcome);

/// <summary>The side of a handshake that dials.</summary>
internal static class Dialler
{
    /// <summary>As <see cref="Connection.ConnectAsync"/>.</summary>
    public static async Task<Connection> ConnectAsync(
        Address to, Hello hello, ConnectionOptions options, CancellationToken cancellationToken)
    {
        var (link, handshake, welcome) = await DialAsync(
            to, hello, options, options.HandshakeTimeout, cancellationToken).ConfigureAwait(false);
        return new Connection(link, handshake.Ledger, handshake.Frames, hello, welcome, options);
    }

    /// <summary>
    /// Dials and introduces this side; <paramref name="connectTimeout"/> is for what the operating systems do alone.
    /// </summary>
    public static async Task<DialledLink> DialAsync(
        Address to, Hello hello, ConnectionOptions options, TimeSpan connectTimeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(connectTimeout);
        Link? link = null;
        try
        {
            link = to.Scheme == Address.InProcess
                ? InProcessLinkSource.Connect(to)
                : UnixLinkSource.TryConnect(to, options.ReceivesOnCallingThread)
                    ?? await TcpLinkSource.ConnectAsync(to, options.ReceivesOnCallingThread, deadline.Token).ConfigureAwait(false);
            deadline.CancelAfter(options.HandshakeTimeout);
            var (handshake, welcome) = await IntroduceAsync(link, hello, deadline.Token).ConfigureAwait(false);
            return new DialledLink(link, handshake, welcome);
        }
        catch (Exception e)
        {
            link?.Dispose();

            // Giving up closes the socket under whatever uses it at that moment.
            var isGivenUp = deadline.IsCancellationRequested
                && e is OperationCanceledException or ObjectDisposedException or SocketException or IOException;
            throw e switch
            {
                _ when isGivenUp && cancellationToken.IsCancellationRequested =>
                    new OperationCanceledException($"Connecting to {to} was given up.", e, cancellationToken),
                _ when isGivenUp =>
                    new ConnectionLostException(
                        $"{to} did not answer within {Seconds(link is null ? connectTimeout : options.HandshakeTimeout)}.", e),
                ProtocolException => new ProtocolException($"{to}: {e.Message}", e.InnerException),
                SocketException or IOException =>
                    new ConnectionLostException($"Cannot connect to {to}: {Sentence.Of(e)}.", e),
                _ => e,
            };
        }
    }

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.#} s";

    private static async Task<(Handshake Handshake, Welcome Welcome)> IntroduceAsync(
        Link link, Hello hello, CancellationToken cancellationToken)
    {
        var handshake = new Handshake(link);
        handshake.Ledger.Open(hello.Session);
        await handshake.SendAsync(hello, cancellationToken).ConfigureAwait(false);
        var answer = await handshake.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        if (answer is Refusal refusal)
            throw new ConnectionRefusedException(link.Remote, refusal.Reason, refusal.Code);
        if (answer is not Welcome welcome)
            throw new ProtocolException($"A {answer.Kind} came instead of a Welcome.");
        if (welcome.Protocol < hello.ProtocolMin || welcome.Protocol > hello.ProtocolMax)
        {
            throw new ProtocolException(
                $"The other side ({welcome.Build}) chose protocol version {welcome.Protocol}, which was not on offer.");
        }

        return (handshake, welcome);
    }
}
