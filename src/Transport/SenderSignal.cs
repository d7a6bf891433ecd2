using System.Threading.Tasks.Sources;

namespace TaskGraph.Transport;

/// <summary>
/// Wakes one waiter without allocating. Between two calls of <see cref="Reset"/> it may be set once; who may set it
/// is settled by the flag that <see cref="FrameSender"/> keeps under its lock.
/// </summary>
internal sealed class SenderSignal : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;

    /// <summary>Completes when the signal is set.</summary>
    public ValueTask WaitAsync() => new(this, _core.Version);

    /// <summary>Wakes the waiter.</summary>
    /// <param name="onThisThread">Whether it goes on within this call rather than on the thread pool.</param>
    public void Set(bool onThisThread)
    {
        _core.RunContinuationsAsynchronously = !onThisThread;
        _core.SetResult(true);
    }

    /// <summary>Makes the signal ready to be set again.</summary>
    public void Reset() => _core.Reset();

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
