using System.Diagnostics;
using System.Runtime.CompilerServices;
using TaskGraph.Messages;
using TaskGraph.Transport.Links;

namespace TaskGraph.Transport;

public sealed partial class Connection
{
    private readonly SemaphoreSlim _receiving = new(1);
    private volatile bool _ended;
    private volatile bool _discarding;
    private volatile bool _endedInOrder;
    private volatile string? _cutReason;
    private volatile string? _abortReason;

    /// <summary>
    /// Waits until at least one message has arrived, then appends those of every frame that is complete. Cancelling
    /// loses nothing: the next call goes on.
    /// </summary>
    /// <returns>
    /// False when the other side has closed in order, this side has closed, or the loss was already reported.
    /// </returns>
    /// <exception cref="ConnectionLostException">
    /// The connection is gone, or its link, if <see cref="IsResumable"/>; thrown once.
    /// </exception>
    /// <exception cref="ProtocolException">
    /// The other side broke the protocol, and the connection was cut; thrown once.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another call is still waiting.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReceiveAsync(List<Message> into, CancellationToken cancellationToken = default)
    {
        if (!_receiving.Wait(0, CancellationToken.None))
        {
            // A close on this side reads the rest itself.
            return _discarding
                ? false
                : throw new InvalidOperationException("Only one call of ReceiveAsync may wait at a time.");
        }

        try
        {
            var before = into.Count;
            while (!_ended)
            {
                while (!_discarding && _abortReason is null && _frames.Take(into))
                {
                    if (into.Count > before)
                        return true;
                }

                if (_frames.IsClosed)
                {
                    EndInOrder();
                    return false;
                }

                await ReadAsync(cancellationToken).ConfigureAwait(false);
            }

            return false;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (_ended || _discarding)
            {
                _ended = true;
                return false;
            }

            throw EndByLoss(e);
        }
        finally
        {
            _receiving.Release();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReadAsync(CancellationToken cancellationToken)
    {
        if (_abortReason is not null)
            throw new IOException(_abortReason);
        var count = await _link.ReceiveAsync(_frames.GetMemory(), cancellationToken).ConfigureAwait(false);
        if (count == 0)
        {
            throw new EndOfStreamException(_frames.IsInsideFrame
                ? "the other side was cut off in the middle of a frame"
                : "the other side is gone without taking leave");
        }

        Volatile.Write(ref _bytesReceived, _bytesReceived + count);
        Volatile.Write(ref _lastReceived, Stopwatch.GetTimestamp());
        if (!_discarding)
            _frames.Advance(count);
    }

    /// <summary>The other side has taken leave: nobody reads what this side might still send.</summary>
    private void EndInOrder()
    {
        _endedInOrder = true;
        _ended = true;
        _sender.Cancel("the other side has closed it");
        _link.Dispose();
        _frames.Release();
    }

    private ConnectionLostException EndByLoss(Exception error)
    {
        if (IsResumable)
            return EndLink(error);
        _ended = true;
        var reason = _abortReason ?? (error is ProtocolException ? null : _sender.Failure) ?? Sentence.Of(error);
        _sender.Cancel(reason);
        _link.Dispose();
        _frames.Release();
        if (_abortReason is null && error is ProtocolException violation)
            return new ProtocolException($"{RemoteAddress}: {violation.Message}", violation.InnerException);
        return new ConnectionLostException(RemoteAddress, reason, error);
    }
}
