namespace TaskGraph;

/// <summary>One waiter for one future. It holds the handle: an awaited future is not collected.</summary>
internal sealed class SettledWaiter(FutureHandle handle)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), IFutureObserver
{
    public FutureHandle Handle { get; } = handle;

    public void On(FutureSet set, int slot, FutureNews news) => TrySetResult();
}
