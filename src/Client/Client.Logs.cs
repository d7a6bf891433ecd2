using Microsoft.Extensions.Logging;
using TaskGraph.Messages;

namespace TaskGraph;

// What scheduler and workers have logged.
public sealed partial class Client
{
    /// <summary>The scheduler's last log records, at most 10,000 from level Information on; oldest first.</summary>
    public Task<IReadOnlyList<LogRecord>> SchedulerLogsAsync(CancellationToken cancellationToken = default)
        => LogsOfAsync("", cancellationToken);

    /// <summary>
    /// The workers' last log records by worker name, at most 10,000 of each from level Information on; oldest first.
    /// </summary>
    /// <param name="workers">Names or addresses; null = all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TaskGraphException">A worker is not connected, or left before it had answered.</exception>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<LogRecord>>> LogsAsync(
        IReadOnlyList<string>? workers = null, CancellationToken cancellationToken = default)
    {
        if (workers is null)
        {
            var info = await SchedulerInfoAsync(cancellationToken).ConfigureAwait(false);
            workers = [.. info.Workers.Select(static worker => worker.Name)];
        }
        var reading = workers.Select(worker => LogsOfAsync(worker, cancellationToken)).ToArray();
        var logs = new Dictionary<string, IReadOnlyList<LogRecord>>(StringComparer.Ordinal);
        for (var i = 0; i < reading.Length; i++)
            logs[workers[i]] = await reading[i].ConfigureAwait(false);
        return logs;
    }

    private async Task<IReadOnlyList<LogRecord>> LogsOfAsync(string worker, CancellationToken cancellation)
    {
        var records = new List<LogRecord>();
        for (long from = 0; from >= 0;)
        {
            var start = from;
            var reply = await AskAsync<LogReply>(
                id => new LogRequest { RequestId = id, Worker = worker, From = start }, cancellation)
                .ConfigureAwait(false);
            if (reply.Error.Length > 0)
                throw new TaskGraphException(reply.Error);
            for (var i = 0; i < reply.Times.Count; i++)
            {
                records.Add(new LogRecord(
                    new DateTime(reply.Times[i], DateTimeKind.Utc), (LogLevel)reply.Levels[i], reply.Texts[i]));
            }
            from = reply.Next;
        }
        return records;
    }
}
