using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <summary>What is known of the tasks of one function within one span.</summary>
internal sealed class GroupRecord(int function)
{
    /// <summary>The function's number.</summary>
    public int Function { get; } = function;

    /// <summary>When the first finished run began, and the last one ended; −1 = none has finished.</summary>
    public long StartedUs { get; private set; } = -1;
    public long StoppedUs { get; private set; } = -1;

    public long FinishedCount { get; private set; }

    /// <summary>Tasks that have failed for good.</summary>
    public long FailedCount { get; set; }

    public long TotalUs { get; private set; }

    public long TotalBytes { get; private set; }

    /// <summary>Takes in one measured run that has ended <paramref name="now"/>.</summary>
    public void Measure(int durationUs, long bytes, long now)
    {
        if (StartedUs < 0)
            StartedUs = Math.Max(0, now - durationUs);
        StoppedUs = now;
        FinishedCount++;
        TotalUs += durationUs;
        TotalBytes += bytes;
    }
}

/// <summary>A span: the groups of its tasks by function.</summary>
internal sealed class SpanRecord(string path)
{
    private readonly Dictionary<int, GroupRecord> _groups = [];
    private GroupRecord? _last;

    public string Path { get; } = path;

    /// <summary>Submissions that have tasks in it.</summary>
    public int Uses { get; set; }

    /// <summary>Grows with each use of the table.</summary>
    public long LastUse { get; set; }

    public IEnumerable<GroupRecord> Groups => _groups.Values;

    public GroupRecord Of(int function)
    {
        // Tasks of one function come in long stretches.
        if (_last is { } last && last.Function == function)
            return last;
        if (!_groups.TryGetValue(function, out GroupRecord? group))
            _groups.Add(function, group = new GroupRecord(function));
        return _last = group;
    }
}

/// <summary>The spans of one submission's tasks, as runs.</summary>
internal sealed class SpanRuns(int[] first, SpanRecord?[] spans)
{
    /// <summary>The span of the task at <paramref name="index"/>; null = none.</summary>
    public SpanRecord? Of(int index)
    {
        if (first.Length == 1)
            return index >= first[0] ? spans[0] : null;
        int place = Array.BinarySearch(first, index);
        place = place < 0 ? ~place - 1 : place;
        return place < 0 ? null : spans[place];
    }

    /// <summary>The submission has no tasks any more.</summary>
    public void Leave()
    {
        foreach (SpanRecord? span in spans)
        {
            if (span is not null)
                span.Uses--;
        }
    }
}

/// <summary>
/// All spans by path. Those without tasks are kept for whoever asks later, until there are too many: then the one goes
/// that was used longest ago.
/// </summary>
internal sealed class SpanTable
{
    /// <summary>Spans without tasks that are remembered.</summary>
    public const int MaxSpans = 1024;

    private const int MaxPathLength = 512;

    private readonly Dictionary<string, SpanRecord> _byPath = new(StringComparer.Ordinal);
    private long _uses;

    public IEnumerable<SpanRecord> All => _byPath.Values;

    /// <summary>Runs are in order, paths not too long.</summary>
    public static void Require(SpansNoted noted)
    {
        int least = -1;
        for (int i = 0; i < noted.First.Count; i++)
        {
            if (noted.First[i] <= least || noted.Paths[i].Length > MaxPathLength)
                throw new MalformedMessageException($"span {noted.Paths[i]} from task {noted.First[i]}");
            least = noted.First[i];
        }
    }

    /// <summary>The spans that a client names for a submission.</summary>
    public SpanRuns Open(SpansNoted noted)
    {
        SpanRecord?[] spans = new SpanRecord?[noted.First.Count];
        for (int i = 0; i < spans.Length; i++)
        {
            if (noted.Paths[i].Length > 0)
                spans[i] = Use(noted.Paths[i]);
        }

        return new SpanRuns(noted.First.Span.ToArray(), spans);
    }

    private SpanRecord Use(string path)
    {
        if (!_byPath.TryGetValue(path, out SpanRecord? span))
        {
            if (_byPath.Count >= MaxSpans)
                ForgetOldest();
            _byPath.Add(path, span = new SpanRecord(path));
        }

        span.Uses++;
        span.LastUse = ++_uses;
        return span;
    }

    private void ForgetOldest()
    {
        SpanRecord? oldest = null;
        foreach (SpanRecord span in _byPath.Values)
        {
            if (span.Uses == 0 && (oldest is null || span.LastUse < oldest.LastUse))
                oldest = span;
        }

        if (oldest is not null)
            _byPath.Remove(oldest.Path);
    }
}
