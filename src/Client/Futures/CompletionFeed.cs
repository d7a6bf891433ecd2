using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace TaskGraph;

/// <summary>
/// Watches many futures of few sets at once, without an object per future, and hands out positions (places in the
/// sequence it was given) in the order in which the futures settle.
/// </summary>
internal sealed class CompletionFeed : IFutureObserver
{
    // Per set and slot: the position that asked for it last, plus one; 0 = none. _next chains further ones.
    private readonly Dictionary<FutureSet, int[]> _heads = [];
    private readonly List<int> _next = [];
    private readonly List<FutureHandle> _handles = [];
    private readonly Channel<int> _settled = Channel.CreateUnbounded<int>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = false });
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _wantsOrder;
    private readonly bool _stopsAtFailure;
    private int _remaining;

    /// <summary>A feed.</summary>
    /// <param name="wantsOrder">False when only the end matters.</param>
    /// <param name="stopsAtFailure">Whether the first future without a value ends the wait.</param>
    public CompletionFeed(bool wantsOrder, bool stopsAtFailure)
    {
        _wantsOrder = wantsOrder;
        _stopsAtFailure = stopsAtFailure;
    }

    /// <summary>Positions of settled futures, in the order in which they settled.</summary>
    public ChannelReader<int> Settled => _settled.Reader;

    /// <summary>Completes when all have settled.</summary>
    public Task All => _all.Task;

    /// <summary>Completes when one has settled.</summary>
    public Task First => _first.Task;

    /// <summary>Adds the next future; all are added before <see cref="Start"/>.</summary>
    public void Add(FutureHandle handle, int slot)
    {
        ref var heads = ref CollectionsMarshal.GetValueRefOrAddDefault(_heads, handle.Set, out var known);
        if (!known)
        {
            heads = new int[handle.Set.Count];
            _handles.Add(handle);
        }
        _next.Add(heads![slot]);
        heads[slot] = _next.Count;
        _remaining++;
    }

    /// <summary>Begins to watch; under the client's lock.</summary>
    public void Start()
    {
        var settled = new List<int>();
        foreach (var (set, heads) in _heads)
        {
            set.ObserveAll(this);
            for (var slot = 0; slot < heads.Length; slot++)
            {
                if (set[slot].Status == FutureStatus.Pending || heads[slot] == 0)
                    continue;
                EndAtFailure(set[slot].Status);
                for (var next = heads[slot]; next != 0; next = _next[next - 1])
                    settled.Add(next - 1);
                heads[slot] = 0;
            }
        }
        // What had settled before comes in the order in which it was asked for.
        settled.Sort();
        foreach (var position in settled)
            Note(position);
        EndIfDone();
    }

    /// <summary>Stops watching; under the client's lock.</summary>
    public void Stop()
    {
        foreach (var set in _heads.Keys)
            set.Forget(this);
    }

    public void On(FutureSet set, int slot, FutureNews news)
    {
        if (news != FutureNews.Settled || !_heads.TryGetValue(set, out var heads))
            return;
        for (var next = heads[slot]; next != 0; next = _next[next - 1])
            Note(next - 1);
        heads[slot] = 0;
        EndAtFailure(set[slot].Status);
        EndIfDone();
    }

    private void EndAtFailure(FutureStatus status)
    {
        if (_stopsAtFailure && status != FutureStatus.Finished)
            _all.TrySetResult();
    }

    private void Note(int position)
    {
        _remaining--;
        if (_wantsOrder)
            _settled.Writer.TryWrite(position);
        _first.TrySetResult();
    }

    private void EndIfDone()
    {
        if (_remaining > 0)
            return;
        _settled.Writer.TryComplete();
        _all.TrySetResult();
        GC.KeepAlive(_handles);
    }
}
