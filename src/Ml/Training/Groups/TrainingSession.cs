using TaskGraph.Messages;

namespace TaskGraph.Ml;

/// <summary>
/// The client's side of a training: forms groups of trainers, keeps the last state they reported, and when workers die
/// forms the next group from it.
/// </summary>
internal sealed class TrainingSession(TrainingData data, TrainerSettings settings, int maxEpochs, int? trainers)
{
    private const int MostFormingsWithoutProgress = 5;

    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(250);

    // A worker that comes back has a new address: an address once lost stays lost.
    private readonly HashSet<string> _lost = [];

    /// <summary>Called after each epoch.</summary>
    public Action<EpochReport> OnEpoch { get; init; } = static _ => { };

    /// <summary>Called when a group was lost and formed again.</summary>
    public Action<TrainingEvent> OnEvent { get; init; } = static _ => { };

    /// <summary>Trains to the last epoch.</summary>
    /// <exception cref="TaskFailedException">The trainers' own code or data failed.</exception>
    /// <exception cref="TrainingFailedException">Groups broke up again and again, or no worker is left.</exception>
    public async Task<TrainerState> RunAsync(TrainerState state, CancellationToken cancellation)
    {
        var workers = await PresentAsync(cancellation).ConfigureAwait(false);
        if (workers.Count == 0)
            workers = await ReturnedAsync(1, cancellation).ConfigureAwait(false);
        int fruitless = 0;
        while (true)
        {
            var run = await TrainingGroup.StartAsync(data, settings, state, maxEpochs, Seated(workers), cancellation)
                .ConfigureAwait(false);
            run.OnEpoch = OnEpoch;
            var outcome = await run.CompleteAsync(cancellation).ConfigureAwait(false);
            if (outcome.IsFinished)
                return outcome.State;
            fruitless = outcome.State.Epoch > state.Epoch ? 0 : fruitless + 1;
            if (fruitless == MostFormingsWithoutProgress)
            {
                throw new TrainingFailedException(
                    $"The trainers' group broke up {fruitless} times after epoch {state.Epoch}.", outcome.Cause);
            }

            state = outcome.State;
            _lost.UnionWith(outcome.Lost);
            workers = await ReturnedAsync(workers.Count, cancellation).ConfigureAwait(false);
            int ranks = trainers ?? workers.Sum(worker => worker.Threads);
            OnEvent(new TrainingEvent(state.Epoch, ranks, outcome.Lost));
        }
    }

    private Func<IReadOnlyList<IReadOnlyList<string>>, Seat[]> Seated(IReadOnlyList<WorkerInfo> workers) => holders =>
        Seating.Plan(
            [.. workers.Select(worker => (worker.Address, worker.Threads))], data.PartitionRows, holders, trainers);

    private async Task<IReadOnlyList<WorkerInfo>> PresentAsync(CancellationToken cancellation)
    {
        var info = await data.Client.SchedulerInfoAsync(cancellation).ConfigureAwait(false);
        return [.. info.Workers
            .Where(worker => worker.Status == "running" && !_lost.Contains(worker.Address))
            .OrderBy(worker => worker.Number)];
    }

    /// <summary>
    /// Waits until as many workers as before are there, ten seconds at most; then goes on with those there are.
    /// </summary>
    private async Task<IReadOnlyList<WorkerInfo>> ReturnedAsync(int count, CancellationToken cancellation)
    {
        long until = Environment.TickCount64 + (long)s_wait.TotalMilliseconds;
        while (true)
        {
            var present = await PresentAsync(cancellation).ConfigureAwait(false);
            if (present.Count >= count || (present.Count > 0 && Environment.TickCount64 >= until))
                return present;
            if (Environment.TickCount64 >= until)
                throw new TrainingFailedException($"No worker to train on has joined within {s_wait.TotalSeconds} s.");
            await Task.Delay(s_poll, cancellation).ConfigureAwait(false);
        }
    }
}
