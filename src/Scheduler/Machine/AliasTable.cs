namespace TaskGraph.Scheduler.Machine;

/// <summary>A place in a later submission whose key another task already has: both mean the same row.</summary>
internal struct Alias
{
    public int Submission;
    public int Index;
    public bool IsWanted;
    public int Next;
}

/// <summary>The aliases of tasks.</summary>
internal sealed class AliasTable
{
    private readonly Dictionary<int, int> _heads = [];
    private Alias[] _links = new Alias[64];
    private int _count;
    private int _firstFree = -1;

    /// <summary>The first alias of a task, −1 = none.</summary>
    public int First(int task) => _heads.TryGetValue(task, out int head) ? head : -1;

    public ref Alias this[int link] => ref _links[link];

    /// <summary>Whether a client wants the task under one of its aliases.</summary>
    public bool IsWanted(int task)
    {
        for (int link = First(task); link >= 0; link = _links[link].Next)
        {
            if (_links[link].IsWanted)
                return true;
        }

        return false;
    }

    public void Add(int task, int submission, int index, bool isWanted)
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

        _links[link] = new Alias { Submission = submission, Index = index, IsWanted = isWanted, Next = First(task) };
        _heads[task] = link;
    }

    /// <summary>Removes one alias; returns whether the task has others.</summary>
    public bool Remove(int task, int submission, int index)
    {
        int previous = -1;
        for (int link = First(task); link >= 0; previous = link, link = _links[link].Next)
        {
            if (_links[link].Submission != submission || _links[link].Index != index)
                continue;
            int next = _links[link].Next;
            if (previous >= 0)
                _links[previous].Next = next;
            else if (next >= 0)
                _heads[task] = next;
            else
                _heads.Remove(task);
            _links[link].Next = _firstFree;
            _firstFree = link;
            break;
        }

        return _heads.ContainsKey(task);
    }
}
