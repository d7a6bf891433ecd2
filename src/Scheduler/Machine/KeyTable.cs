namespace TaskGraph.Scheduler.Machine;

/// <summary>
/// From the hash of a key to the task that has it: open addressing with linear probing, no deletion marks.
/// </summary>
internal sealed class KeyTable
{
    private Slot[] _slots = new Slot[1024];

    public int Count { get; private set; }

    /// <summary>The task with this key, −1 = none.</summary>
    public int Find(Hash128 key)
    {
        int mask = _slots.Length - 1;
        for (int i = Home(key, mask); ; i = (i + 1) & mask)
        {
            ref Slot slot = ref _slots[i];
            if (!slot.IsUsed)
                return -1;
            if (slot.Key == key)
                return slot.Task;
        }
    }

    /// <summary>Adds a key that the table does not have.</summary>
    public void Add(Hash128 key, int task)
    {
        if ((Count + 1) * 3 > _slots.Length * 2)
            Grow();
        Insert(_slots, key, task);
        Count++;
    }

    /// <summary>Removes a key; later entries of its run move up, so that no mark is left behind.</summary>
    public void Remove(Hash128 key)
    {
        int mask = _slots.Length - 1;
        int hole = Home(key, mask);
        while (_slots[hole].Key != key || !_slots[hole].IsUsed)
        {
            if (!_slots[hole].IsUsed)
                return;
            hole = (hole + 1) & mask;
        }

        Count--;
        for (int i = (hole + 1) & mask; _slots[i].IsUsed; i = (i + 1) & mask)
        {
            int home = Home(_slots[i].Key, mask);
            if (((i - home) & mask) < ((i - hole) & mask))
                continue;
            _slots[hole] = _slots[i];
            hole = i;
        }

        _slots[hole] = default;
    }

    // The key is a hash already, and an attacker who picks it can only slow down his own look-ups by a run.
    private static int Home(Hash128 key, int mask) => (int)((key.Low ^ (key.High * 0x9E3779B97F4A7C15)) >> 20) & mask;

    private static void Insert(Slot[] slots, Hash128 key, int task)
    {
        int mask = slots.Length - 1;
        int i = Home(key, mask);
        while (slots[i].IsUsed)
            i = (i + 1) & mask;
        slots[i] = new Slot { Key = key, TaskPlusOne = task + 1 };
    }

    private void Grow()
    {
        Slot[] larger = new Slot[_slots.Length * 2];
        foreach (ref Slot slot in _slots.AsSpan())
        {
            if (slot.IsUsed)
                Insert(larger, slot.Key, slot.Task);
        }

        _slots = larger;
    }

    private struct Slot
    {
        public Hash128 Key;
        public int TaskPlusOne;

        public readonly bool IsUsed => TaskPlusOne != 0;

        public readonly int Task => TaskPlusOne - 1;
    }
}
