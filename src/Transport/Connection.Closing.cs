namespace TaskGraph.Transport;

public sealed partial class Connection
{
    /// <summary>How long closing waits for the stream to take what is pending.</summary>
    private static readonly TimeSpan s_sendTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long closing waits for the other side to close as well, lest a reset destroys what is on its way.
    /// </summary>
    private static readonly TimeSpan s_lingerTimeout = TimeSpan.FromMilliseconds(250);

    private int _disposed;

    /// <summary>
    /// Ends the connection now; what is pending is lost, and <see cref="ReceiveAsync"/> reports the reason.
    /// </summary>
    public void Abort(string reason)
    {
        if (_ended && !IsResumable)
            return;
        _abortReason ??= reason;
        _sender.Cancel(reason);
        _link.Dispose();
    }

    /// <summary>Sends what is pending, takes leave, and closes; waits a few seconds at most.</summary>
    public ValueTask DisposeAsync() => CloseAsync(s_sendTimeout);

    /// <summary>As <see cref="DisposeAsync"/>, waiting no longer than <paramref name="patience"/> for what is pending.</summary>
    public async ValueTask CloseAsync(TimeSpan patience)
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (!_ended && _abortReason is null)
        {
            // From here on, as the other side may answer the leave before this call knows that it was sent.
            _discarding = true;
            if (await _sender.FinishAsync(patience).ConfigureAwait(false))
                await LingerAsync().ConfigureAwait(false);
            _sender.Cancel("this side has closed it");
        }

        else
        {
            _sender.Cancel("this side has closed it");
        }

        _ended |= _discarding;
        _link.Dispose();
        Interlocked.Exchange(ref _next, null)?.Link.Dispose();
    }

    /// <summary>
    /// Reads on until the other side closes. If a <see cref="ReceiveAsync"/> is waiting, it does that, and returns
    /// false at the end.
    /// </summary>
    private async ValueTask LingerAsync()
    {
        _link.ShutdownSend();
        using var timeout = new CancellationTokenSource(s_lingerTimeout);
        var mine = false;
        try
        {
            await _receiving.WaitAsync(timeout.Token).ConfigureAwait(false);
            mine = true;
            while (!_ended)
                await ReadAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException
            or System.Net.Sockets.SocketException)
        {
            // The other side has closed, or does not care to.
        }
        finally
        {
            if (mine)
                _receiving.Release();
        }
    }
}
