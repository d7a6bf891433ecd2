using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Statistics by function (what Dask calls a prefix) and by function within a span (a group). What has ended is counted as
/// it ends; what there is, is counted when somebody asks, a piece per turn, so that states cost nothing while tasks run.
/// </content>
internal sealed partial class SchedulerMachine
{
    private const int MaxGroupsAtOnce = 1024;
    private const int MaxRowsCountedAtOnce = 65_536;
    private const int MaxSpansAhead = 256;

    /// <summary>Pieces from here on are about the rows of the table of tasks.</summary>
    private const long FirstRow = 1L << 32;

    private readonly SpanTable _spans = new();

    /// <summary>Spans of submissions whose first chunk has not come.</summary>
    private readonly Dictionary<ulong, SpansNoted> _spansAhead = [];

    private void OnSpansNoted(SchedulerClient? client, SpansNoted noted)
    {
        RequireRows(noted.First.Count, noted.Paths.Count);
        SpanTable.Require(noted);
        if (noted.First.Count == 0 || _submissions.HasEnded(noted.Submission))
            return;
        Submission? submission = _submissions.Find(noted.Submission);
        if (submission is { Spans: not null })
            return;
        if (client is not null)
            Record(client, noted);
        if (submission is not null)
        {
            OpenSpans(submission, noted);
            return;
        }

        // Its chunks follow at once; what is left is of clients that were cut off in between.
        if (_spansAhead.Count == MaxSpansAhead)
            _spansAhead.Clear();
        _spansAhead[noted.Submission] = noted;
    }

    private void OpenSpans(Submission submission, SpansNoted noted)
    {
        submission.Spans = _spans.Open(noted);
        submission.SpansNoted = Records || _isReplaying ? noted : null;
    }

    private void MeasureInSpan(in TaskRow row, int durationUs, long bytes) =>
        _submissions[row.Submission].Spans?.Of(row.Index)?.Of(row.Function).Measure(durationUs, bytes, _now);

    private void CountFailure(in TaskRow row)
    {
        if (row.Function < 0)
            return;
        _functions[row.Function].FailedCount++;
        if (_submissions[row.Submission].Spans?.Of(row.Index) is { } span)
            span.Of(row.Function).FailedCount++;
    }

    private void OnTaskGroupsRequest(SchedulerClient client, TaskGroupsRequest request)
    {
        TaskGroupsReply reply = new() { RequestId = request.RequestId };
        if (request.From < FirstRow)
            AddRecords(reply, (int)Math.Max(0, request.From));
        else
            AddStates(reply, request.From - FirstRow);
        Dirty(client);
        client.Outbox.AddReply(reply);
    }

    private void AddRecords(TaskGroupsReply reply, int from)
    {
        int count = _functions.Count + _spans.All.Sum(static span => span.Groups.Count());
        int end = (int)Math.Min(count, (long)from + MaxGroupsAtOnce);
        for (int number = from; number < Math.Min(end, _functions.Count); number++)
        {
            FunctionRecord one = _functions[number];
            AddRow(reply, number, "");
            AddCounts(reply, one.FinishedCount, one.FailedCount, one.TotalUs, one.TotalBytes, one.StartedUs, one.StoppedUs);
        }

        int place = _functions.Count;
        foreach (SpanRecord span in _spans.All)
        {
            foreach (GroupRecord one in span.Groups)
            {
                if (place++ is int at && (at < from || at >= end))
                    continue;
                AddRow(reply, one.Function, span.Path);
                AddCounts(reply, one.FinishedCount, one.FailedCount, one.TotalUs, one.TotalBytes, one.StartedUs, one.StoppedUs);
            }
        }

        reply.Next = end < count ? end : FirstRow;
    }

    /// <summary>The states of the tasks in the next rows of the table, by function and by group.</summary>
    private void AddStates(TaskGroupsReply reply, long from)
    {
        Dictionary<(int Function, SpanRecord? Span), long[]> counted = [];
        int end = (int)Math.Min(_tasks.HighWater, from + MaxRowsCountedAtOnce);
        for (int task = (int)Math.Min(from, end); task < end; task++)
        {
            ref TaskRow row = ref _tasks[task];
            if (row.State == TaskState.Forgotten || row.Function < 0)
                continue;
            Count(counted, row.Function, null, row.State);
            if (_submissions[row.Submission].Spans?.Of(row.Index) is { } span)
                Count(counted, row.Function, span, row.State);
        }

        foreach (((int function, SpanRecord? span), long[] states) in counted)
        {
            AddRow(reply, function, span?.Path ?? "");
            AddCounts(reply, 0, 0, 0, 0, -1, -1);
            reply.States.AddRange(states);
        }

        reply.Next = end < _tasks.HighWater ? FirstRow + end : -1;
    }

    private static void Count(
        Dictionary<(int Function, SpanRecord? Span), long[]> counted, int function, SpanRecord? span, TaskState state)
    {
        if (!counted.TryGetValue((function, span), out long[]? states))
            counted.Add((function, span), states = new long[TaskGroupsReply.StateCount]);
        states[state - TaskState.Released]++;
    }

    private void AddRow(TaskGroupsReply reply, int function, string span)
    {
        reply.Functions.Add(_functions[function].Definition.Name);
        reply.Spans.Add(span);
    }

    private void AddCounts(
        TaskGroupsReply reply, long finished, long failed, long totalUs, long totalBytes, long startedUs, long stoppedUs)
    {
        reply.Finished.Add(finished);
        reply.Failed.Add(failed);
        reply.TotalUs.Add(totalUs);
        reply.TotalBytes.Add(totalBytes);
        reply.StartedAgoUs.Add(startedUs < 0 ? -1 : _now - startedUs);
        reply.StoppedAgoUs.Add(stoppedUs < 0 ? -1 : _now - stoppedUs);
    }
}
