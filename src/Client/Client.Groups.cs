using TaskGraph.Messages;

namespace TaskGraph;

// Statistics of functions and spans.
public sealed partial class Client
{
    private static readonly string[] s_stateNames =
        ["Released", "Waiting", "Queued", "NoWorker", "Processing", "Memory", "Erred"];

    /// <summary>
    /// What the scheduler has counted of each function that any client has submitted: states, runs, times, bytes. Read in
    /// pieces while work goes on: not one instant's picture.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<TaskGroup>> TaskPrefixesAsync(CancellationToken cancellationToken = default)
        => await GroupsAsync(isOfSpans: false, "", cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// What the scheduler has counted of each function within each span (<see cref="SubmitOptions.Span"/>, or the
    /// <see cref="Annotate"/> scopes), of all clients. Computations of a frame have spans of their own. The last 1,024
    /// spans without tasks are remembered.
    /// </summary>
    /// <param name="span">The span and all below it; empty = all spans.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<TaskGroup>> TaskGroupsAsync(
        string span = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(span);
        return await GroupsAsync(isOfSpans: true, span, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The runs that have ended, of all clients' tasks, in the order of their ends: which task ran when and where, and how
    /// long. The scheduler remembers the last 65,536.
    /// </summary>
    /// <param name="since">Only runs that ended after this (UTC); null = all that are remembered.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<TaskRunRecord>> GetTaskStreamAsync(
        DateTime? since = null, CancellationToken cancellationToken = default)
    {
        var runs = new List<TaskRunRecord>();
        for (long from = 0; from >= 0;)
        {
            var start = from;
            var reply = await AskAsync<TaskStreamReply>(
                id => new TaskStreamRequest { RequestId = id, From = start }, cancellationToken).ConfigureAwait(false);
            var now = DateTime.UtcNow;
            for (var row = 0; row < reply.Keys.Count; row++)
            {
                var stopped = now - TimeSpan.FromMicroseconds(reply.StoppedAgoUs[row]);
                if (since is not null && stopped < since)
                    continue;
                var duration = TimeSpan.FromMicroseconds(Math.Max(0, reply.DurationUs[row]));
                runs.Add(new TaskRunRecord(
                    reply.Keys[row], reply.Functions[row], reply.Workers[row], stopped - duration, stopped,
                    reply.Bytes[row], HasFailed: reply.DurationUs[row] < 0));
            }
            from = reply.Next;
        }
        return runs;
    }

    private async Task<List<TaskGroup>> GroupsAsync(bool isOfSpans, string within, CancellationToken cancellation)
    {
        var sums = new Dictionary<(string Function, string Span), GroupSum>();
        for (long from = 0; from >= 0;)
        {
            var start = from;
            var reply = await AskAsync<TaskGroupsReply>(
                id => new TaskGroupsRequest { RequestId = id, From = start }, cancellation).ConfigureAwait(false);
            for (var row = 0; row < reply.Functions.Count; row++)
            {
                var path = reply.Spans[row];
                if (path.Length > 0 != isOfSpans || !IsWithin(path, within))
                    continue;
                var key = (reply.Functions[row], path);
                if (!sums.TryGetValue(key, out var sum))
                    sums.Add(key, sum = new GroupSum());
                sum.Add(reply, row);
            }
            from = reply.Next;
        }
        return [.. sums.OrderBy(static pair => pair.Key.Span, StringComparer.Ordinal)
            .ThenBy(static pair => pair.Key.Function, StringComparer.Ordinal)
            .Select(static pair => pair.Value.ToGroup(pair.Key.Function, pair.Key.Span))];
    }

    private static bool IsWithin(string path, string span)
        => span.Length == 0 || path == span
        || (path.StartsWith(span, StringComparison.Ordinal) && path[span.Length] == '/');

    private sealed class GroupSum
    {
        private readonly long[] _states = new long[TaskGroupsReply.StateCount];
        private long _finished;
        private long _failed;
        private long _totalUs;
        private long _totalBytes;
        private long _startedAgoUs = -1;
        private long _stoppedAgoUs = -1;

        public void Add(TaskGroupsReply reply, int row)
        {
            _finished += reply.Finished[row];
            _failed += reply.Failed[row];
            _totalUs += reply.TotalUs[row];
            _totalBytes += reply.TotalBytes[row];
            _startedAgoUs = Math.Max(_startedAgoUs, reply.StartedAgoUs[row]);
            if (reply.StoppedAgoUs[row] is >= 0 and var ago)
                _stoppedAgoUs = _stoppedAgoUs < 0 ? ago : Math.Min(_stoppedAgoUs, ago);
            if (reply.States.Count < reply.Functions.Count * _states.Length)
                return;
            for (var state = 0; state < _states.Length; state++)
                _states[state] += reply.States[(row * _states.Length) + state];
        }

        public TaskGroup ToGroup(string function, string span)
        {
            var now = DateTime.UtcNow;
            var states = new Dictionary<string, long>(StringComparer.Ordinal);
            for (var state = 0; state < _states.Length; state++)
                states.Add(s_stateNames[state], _states[state]);
            return new TaskGroup(function, span)
            {
                States = states,
                Finished = _finished,
                Failed = _failed,
                TotalTime = TimeSpan.FromMicroseconds(_totalUs),
                TotalBytes = _totalBytes,
                Started = _startedAgoUs < 0 ? null : now - TimeSpan.FromMicroseconds(_startedAgoUs),
                Stopped = _stoppedAgoUs < 0 ? null : now - TimeSpan.FromMicroseconds(_stoppedAgoUs),
            };
        }
    }
}
