using TaskGraph.Messages;

namespace TaskGraph;

// What operators do: copies, workers that leave, questions about tasks.
public sealed partial class Client
{
    /// <summary>
    /// Makes each result lie on exactly <paramref name="copies"/> workers, as far as there are so many: missing copies
    /// are fetched, extra ones dropped. Completes when they are there.
    /// </summary>
    /// <param name="futures">Results that exist.</param>
    /// <param name="copies">How many; <see cref="int.MaxValue"/> = every worker.</param>
    /// <param name="cancellationToken">Stops waiting; the copying goes on.</param>
    /// <exception cref="TaskGraphException">A result does not exist, or a copy could not be made.</exception>
    public async Task ReplicateAsync(
        IEnumerable<IFuture> futures, int copies, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(copies, 1);
        IFuture[] all = [.. futures];
        foreach (var batch in all.Chunk(Protocol.MaxTasksPerMessage))
        {
            await OperateAsync(
                id =>
                {
                    var message = new ReplicateTasks { RequestId = id, Copies = copies };
                    foreach (var future in batch)
                        message.Tasks.Add(future.Id);
                    return message;
                },
                cancellationToken).ConfigureAwait(false);
        }

        GC.KeepAlive(all);
    }

    /// <summary>
    /// Moves results from workers that hold many bytes to those that hold few, until all are near the mean; safe while
    /// work runs. Returns what was done, in words.
    /// </summary>
    public Task<string> RebalanceAsync(CancellationToken cancellationToken = default)
        => OperateAsync(static id => new RebalanceWorkers { RequestId = id }, cancellationToken);

    /// <summary>
    /// Has workers end without a loss: they get nothing new, give back what has not started, finish what runs, and hand
    /// over what only they hold. Completes when they are gone.
    /// </summary>
    /// <param name="workers">Names, addresses or hosts.</param>
    /// <param name="cancellationToken">Stops waiting; they retire all the same.</param>
    /// <exception cref="TaskGraphException">
    /// A name means nobody, or nobody is left to take a worker's results; that worker then works on.
    /// </exception>
    public Task<string> RetireWorkersAsync(
        IReadOnlyList<string> workers, CancellationToken cancellationToken = default)
    {
        if (workers.Count == 0)
            throw new ArgumentException("Name the workers that are to retire.", nameof(workers));
        return OperateAsync(id => new RetireWorkers { RequestId = id, Workers = [.. workers] }, cancellationToken);
    }

    /// <summary>A story or a dump does not wait longer than this for a worker that may be stuck.</summary>
    private static readonly TimeSpan s_workerPatience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Has up to <paramref name="count"/> workers end without a loss, chosen by the scheduler: idle ones first, then those
    /// with least data; none that runs a long-running task, never the last, and those that stay keep memory for twice the
    /// data. Completes when they are gone.
    /// </summary>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Stops waiting; they retire all the same.</param>
    public Task<string> RetireWorkersAsync(int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return OperateAsync(id => new RetireWorkers { RequestId = id, Count = count }, cancellationToken);
    }

    /// <summary>
    /// Why a task is where it is, in words: its state, what it waits for, which workers may run it and why others may
    /// not, and its moves as far as the scheduler and the worker that runs or holds it remember.
    /// </summary>
    public async Task<string> StoryAsync(IFuture future, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(future);
        var task = future.Id;
        var story = await StoryAsync(
            id => new StoryRequest { RequestId = id, Task = task },
            id => new TaskMovesRequest { RequestId = id, Task = task },
            cancellationToken).ConfigureAwait(false);
        GC.KeepAlive(future);
        return story;
    }

    /// <summary>Why a task is where it is; also one of another client, by the key that its future shows.</summary>
    public Task<string> StoryAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return StoryAsync(
            id => new StoryRequest { RequestId = id, Key = key },
            id => new TaskMovesRequest { RequestId = id, Key = key },
            cancellationToken);
    }

    /// <summary>The scheduler's story, and below it what the worker remembers that runs or holds the task.</summary>
    private async Task<string> StoryAsync(
        Func<ulong, Message> story, Func<ulong, Message> moves, CancellationToken cancellation)
    {
        var text = await OperateAsync(story, cancellation).ConfigureAwait(false);
        var asked = AskAsync<TaskMoves>(moves, cancellation);
        try
        {
            var reply = await asked.WaitAsync(s_workerPatience, cancellation).ConfigureAwait(false);
            return reply.Worker.Length == 0 ? text : $"{text.TrimEnd()}\nIts moves on {reply.Worker}:\n{reply.Text.TrimEnd()}";
        }
        catch (TimeoutException)
        {
            return $"{text.TrimEnd()}\nIts worker does not say what happened there.";
        }
    }
}
