using System.Net.Sockets;
using TaskGraph.Messages;
using TaskGraph.Transport.Links;

namespace TaskGraph.Transport;

/// <summary>The side of a handshake that dials.</summary>
internal static class Dialler
{
    /// <summary>As <see cref="Connection.ConnectAsync"/>.</summary>
    public static Task<Connection> ConnectAsync(
        Address to, Hello hello, ConnectionOptions options, CancellationToken cancellationToken) =>
        DialAsync(
            to,
            hello,
            options,
            (link, handshake, welcome) => Task.FromResult(
                new Connection(link, handshake.Ledger, handshake.Frames, hello, welcome, options)),
            cancellationToken);

    /// <summary>Dials and introduces this side; <paramref name="welcomed"/> makes of it what the caller wants.</summary>
    public static async Task<Connection> DialAsync(
        Address to,
        Hello hello,
        ConnectionOptions options,
        Func<Link, Handshake, Welcome, Task<Connection>> welcomed,
        CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.HandshakeTimeout);
        Link? link = null;
        try
        {
            link = to.Scheme == Address.InProcess
                ? InProcessLinkSource.Connect(to)
                : await TcpLinkSource.ConnectAsync(to, deadline.Token).ConfigureAwait(false);
            var (handshake, welcome) = await IntroduceAsync(link, hello, deadline.Token).ConfigureAwait(false);
            return await welcomed(link, handshake, welcome).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            link?.Dispose();
            throw e switch
            {
                OperationCanceledException when !cancellationToken.IsCancellationRequested =>
                    new ConnectionLostException($"{to} did not answer within {Seconds(options.HandshakeTimeout)}.", e),
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
