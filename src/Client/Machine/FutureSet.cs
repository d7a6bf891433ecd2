using System.Runtime.CompilerServices;
using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// The wanted tasks of one submission, as rows. Futures are small handles onto these rows, so that a Map of 100,000
/// tasks is one set. All access is under the client's lock, except where a member says otherwise.
/// </summary>
internal sealed class FutureSet
{
    private readonly FutureSlot[] _slots;
    private readonly int[]? _taskIndexes;
    private readonly Dictionary<int, int>? _slotOf;
    private readonly List<BlobColumn> _values = [];
    private Dictionary<int, FutureFailure>? _failures;
    private Dictionary<int, List<IFutureObserver>>? _slotObservers;
    private List<IFutureObserver>? _observers;
    private volatile bool _isAbandoned;

    /// <summary>
    /// A set of <paramref name="count"/> tasks; <paramref name="taskIndexes"/> = null means all of the submission.
    /// </summary>
    public FutureSet(ulong submission, TaskNames names, int count, int[]? taskIndexes = null)
    {
        Submission = submission;
        Names = names;
        _taskIndexes = taskIndexes;
        _slots = new FutureSlot[count];
        _slots.AsSpan().Fill(FutureSlot.Pending);
        HeldCount = count;
        PendingCount = count;
        if (taskIndexes is not null)
        {
            _slotOf = new Dictionary<int, int>(count);
            for (var slot = 0; slot < count; slot++)
                _slotOf[taskIndexes[slot]] = slot;
        }
    }

    /// <summary>The submission that the tasks came with. Safe on any thread, like the next two.</summary>
    public ulong Submission { get; }

    public TaskNames Names { get; }

    public int Count => _slots.Length;

    /// <summary>How many slots have no news yet.</summary>
    public int PendingCount { get; private set; }

    /// <summary>How many slots the user still holds.</summary>
    public int HeldCount { get; private set; }

    /// <summary>Set by the handle's finaliser: nobody can ask for any of the futures any more.</summary>
    public bool IsAbandoned
    {
        get => _isAbandoned;
        set => _isAbandoned = value;
    }

    /// <summary>The task's identity; safe on any thread.</summary>
    public TaskId IdOf(int slot) => new(Submission, TaskIndexOf(slot));

    /// <summary>The task's name; safe on any thread.</summary>
    public string KeyOf(int slot) => Names.KeyOf(IdOf(slot));

    public ref FutureSlot this[int slot] => ref _slots[slot];

    /// <summary>The status as last written; a byte, so it is safe to read on any thread.</summary>
    public FutureStatus StatusOf(int slot)
        => (FutureStatus)Volatile.Read(ref Unsafe.As<FutureStatus, byte>(ref _slots[slot].Status));

    /// <summary>The slot of a task of the submission, or −1 if nobody wants it.</summary>
    public int SlotOf(int taskIndex)
    {
        if (_slotOf is not null)
            return _slotOf.TryGetValue(taskIndex, out var slot) ? slot : FutureSlot.None;
        return (uint)taskIndex < (uint)_slots.Length ? taskIndex : FutureSlot.None;
    }

    /// <summary>
    /// Keeps a message's value column, and returns its number for <see cref="FutureSlot.ValueColumn"/>.
    /// </summary>
    public int KeepValues(BlobColumn values)
    {
        if (_values.Count == 0 || !ReferenceEquals(_values[^1], values))
            _values.Add(values);
        return _values.Count - 1;
    }

    /// <summary>The encoded result if it came with the message: a view of the message, which nobody changes.</summary>
    public bool TryInlineValue(int slot, out ReadOnlyMemory<byte> value)
    {
        ref var row = ref _slots[slot];
        var has = row.ValueColumn != FutureSlot.None;
        value = has ? _values[row.ValueColumn].MemoryOf(row.ValueRow) : default;
        return has;
    }

    /// <summary>
    /// Tasks of other submissions that live as long as somebody holds a future of this one (large arguments).
    /// </summary>
    public TaskId[] Attached { get; set; } = [];

    /// <summary>Why the task has not finished, for every status but Pending and Finished.</summary>
    public FutureFailure? FailureOf(int slot) => _failures?.GetValueOrDefault(slot);

    /// <summary>Ends a pending slot, or turns a finished one whose value is gone; tells the observers.</summary>
    public void Become(int slot, FutureStatus status, FutureFailure? failure)
    {
        var wasPending = _slots[slot].Status == FutureStatus.Pending;
        if (failure is not null)
            (_failures ??= [])[slot] = failure;
        Volatile.Write(ref Unsafe.As<FutureStatus, byte>(ref _slots[slot].Status), (byte)status);
        if (wasPending)
            PendingCount--;
        Tell(slot, wasPending ? FutureNews.Settled : FutureNews.Moved);
    }

    /// <summary>A failed task is run again: its slot is pending as before.</summary>
    public void Reopen(int slot)
    {
        _failures?.Remove(slot);
        PendingCount++;
        _slots[slot].ValueColumn = FutureSlot.None;
        Volatile.Write(ref Unsafe.As<FutureStatus, byte>(ref _slots[slot].Status), (byte)FutureStatus.Pending);
    }

    /// <summary>Gives a slot up; false if it was given up before.</summary>
    public bool Release(int slot)
    {
        ref var row = ref _slots[slot];
        if (row.IsReleased)
            return false;
        row.IsReleased = true;
        HeldCount--;
        return true;
    }

    /// <summary>Calls <paramref name="observer"/> at the slot's next news, once.</summary>
    public void ObserveNext(int slot, IFutureObserver observer)
    {
        _slotObservers ??= [];
        if (_slotObservers.TryGetValue(slot, out var known))
            known.Add(observer);
        else
            _slotObservers[slot] = [observer];
    }

    /// <summary>Takes back <see cref="ObserveNext"/>.</summary>
    public void Forget(int slot, IFutureObserver observer)
    {
        if (_slotObservers is not null && _slotObservers.TryGetValue(slot, out var known)
            && known.Remove(observer) && known.Count == 0)
            _slotObservers.Remove(slot);
    }

    /// <summary>
    /// Calls <paramref name="observer"/> at all news of all slots, until <see cref="Forget(IFutureObserver)"/>.
    /// </summary>
    public void ObserveAll(IFutureObserver observer) => (_observers ??= []).Add(observer);

    /// <summary>Takes back <see cref="ObserveAll"/>.</summary>
    public void Forget(IFutureObserver observer) => _observers?.Remove(observer);

    private void Tell(int slot, FutureNews news)
    {
        if (_slotObservers is not null && _slotObservers.Remove(slot, out var once))
        {
            foreach (var observer in once)
                observer.On(this, slot, news);
        }
        if (_observers is not null)
        {
            // Backwards: an observer that has heard enough takes itself off the list.
            for (var i = _observers.Count - 1; i >= 0; i--)
                _observers[i].On(this, slot, news);
        }
    }

    private int TaskIndexOf(int slot) => _taskIndexes is null ? slot : _taskIndexes[slot];
}
