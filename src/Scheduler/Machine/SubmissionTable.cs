namespace TaskGraph.Scheduler.Machine;

/// <summary>All submissions that have tasks left, and the numbers of the last ones that have none.</summary>
internal sealed class SubmissionTable(int rememberedCount)
{
    private readonly Dictionary<ulong, Submission> _byId = [];
    private readonly List<Submission> _records = [];
    private readonly Stack<int> _free = new();
    private readonly HashSet<ulong> _ended = new(rememberedCount);
    private readonly Queue<ulong> _endedOrder = new(rememberedCount);
    private readonly Dictionary<Hash128, int> _newestOfRange = [];
    private Submission? _last;

    public int Count => _byId.Count;

    public Submission this[int number] => _records[number];

    /// <summary>All open submissions, in no particular order: for checks and client losses.</summary>
    public IEnumerable<Submission> All => _byId.Values;

    /// <summary>Whether chunks of a submission have come and others have not.</summary>
    public bool HasStaged
    {
        get
        {
            foreach (Submission submission in _byId.Values)
            {
                if (!submission.IsAccepted)
                    return true;
            }

            return false;
        }
    }

    public bool HasEnded(ulong id) => _ended.Contains(id);

    public Submission? Find(ulong id)
    {
        // Batches speak of one submission for long stretches.
        if (_last is { } last && last.Id == id)
            return last;
        return _last = _byId.GetValueOrDefault(id);
    }

    /// <summary>The row of a task, −1 = unknown, forgotten, or not accepted yet.</summary>
    public int FindTask(TaskId task)
    {
        Submission? submission = Find(task.Submission);
        if (submission is null || (uint)task.Index >= (uint)submission.TaskCount || !submission.IsAccepted)
            return -1;
        return submission.Rows[task.Index];
    }

    public Submission Open(ulong id, SchedulerClient client)
    {
        if (!_free.TryPop(out int number))
        {
            number = _records.Count;
            _records.Add(new Submission());
        }

        Submission record = _records[number];
        record.Open(id, number, client);
        _byId.Add(id, record);
        client.Submissions.Add(number);
        _last = null;
        return record;
    }

    /// <summary>Makes the submission the newest of its range key.</summary>
    public void AddRange(Submission submission)
    {
        submission.OlderOfRange = NewestOfRange(submission.RangeKey);
        _newestOfRange[submission.RangeKey] = submission.Number;
    }

    /// <summary>The newest submission with this range key, −1 = none.</summary>
    public int NewestOfRange(Hash128 key) => _newestOfRange.TryGetValue(key, out int number) ? number : -1;

    /// <summary>Drops a record whose tasks are all gone.</summary>
    public void End(Submission submission, bool remember)
    {
        if (submission.KeyForm == Messages.KeyForm.Range && submission.IsAccepted)
            RemoveRange(submission);
        submission.Client?.Submissions.Remove(submission.Number);
        _byId.Remove(submission.Id);
        if (remember && _ended.Add(submission.Id))
        {
            _endedOrder.Enqueue(submission.Id);
            if (_endedOrder.Count >= rememberedCount)
                _ended.Remove(_endedOrder.Dequeue());
        }

        _free.Push(submission.Number);
        submission.Reset();
        _last = null;
    }

    private void RemoveRange(Submission submission)
    {
        int newest = NewestOfRange(submission.RangeKey);
        if (newest == submission.Number)
        {
            if (submission.OlderOfRange >= 0)
                _newestOfRange[submission.RangeKey] = submission.OlderOfRange;
            else
                _newestOfRange.Remove(submission.RangeKey);
            return;
        }

        for (int number = newest; number >= 0; number = _records[number].OlderOfRange)
        {
            if (_records[number].OlderOfRange != submission.Number)
                continue;
            _records[number].OlderOfRange = submission.OlderOfRange;
            return;
        }
    }
}
