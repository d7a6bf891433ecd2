namespace TaskGraph.Scheduler.Machine;

/// <summary>The second and further holders of values; the first one is in the task's row.</summary>
internal sealed class ReplicaTable
{
    private readonly Dictionary<int, int> _heads = [];
    private Link[] _links = new Link[64];
    private int _count;
    private int _firstFree = -1;

    /// <summary>Tasks with further holders.</summary>
    public int Count => _heads.Count;

    /// <summary>The first link of a task's further holders, −1 = none.</summary>
    public int First(int task) => _heads.TryGetValue(task, out int head) ? head : -1;

    public int Next(int link) => _links[link].Next;

    public int Worker(int link) => _links[link].Worker;

    public bool Contains(int task, int worker)
    {
        for (int link = First(task); link >= 0; link = _links[link].Next)
        {
            if (_links[link].Worker == worker)
                return true;
        }

        return false;
    }

    public void Add(int task, int worker)
    {
        int link = _firstFree;
        if (link >= 0)
        {
            _firstFree = _links[link].Next;
        }
        else
        {
            if (_count == _links.Length)
                Array.Resize(ref _links, _count * 2);
            link = _count++;
        }

        _links[link] = new Link { Worker = worker, Next = First(task) };
        _heads[task] = link;
    }

    /// <summary>Strikes off <paramref name="worker"/>; returns whether the task has further holders left.</summary>
    public bool Remove(int task, int worker)
    {
        int previous = -1;
        for (int link = First(task); link >= 0; previous = link, link = _links[link].Next)
        {
            if (_links[link].Worker != worker)
                continue;
            int next = _links[link].Next;
            if (previous >= 0)
                _links[previous].Next = next;
            else if (next >= 0)
                _heads[task] = next;
            else
                _heads.Remove(task);
            FreeLink(link);
            break;
        }

        return _heads.ContainsKey(task);
    }

    /// <summary>Forgets all further holders of a task.</summary>
    public void Clear(int task)
    {
        if (!_heads.Remove(task, out int link))
            return;
        while (link >= 0)
        {
            int next = _links[link].Next;
            FreeLink(link);
            link = next;
        }
    }

    private void FreeLink(int link)
    {
        _links[link].Next = _firstFree;
        _firstFree = link;
    }

    private struct Link
    {
        public int Worker;
        public int Next;
    }
}
