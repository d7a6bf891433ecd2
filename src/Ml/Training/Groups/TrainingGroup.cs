using TaskGraph.Collections;

namespace TaskGraph.Ml;

/// <summary>One forming of a group of trainers, as the client sees it.</summary>
internal sealed class TrainingGroup
{
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly Client _client;
    private readonly Seat[] _seats;
    private readonly Future<TrainerState>[] _tasks;
    private TrainerState _state;

    private TrainingGroup(Client client, Seat[] seats, Future<TrainerState>[] tasks, TrainerState state)
    {
        _client = client;
        _seats = seats;
        _tasks = tasks;
        _state = state;
    }

    /// <summary>Called after each epoch.</summary>
    public Action<EpochReport> OnEpoch { get; set; } = static _ => { };

    /// <summary>Seats the trainers by where the partitions lie, and submits one task per worker, bound to it.</summary>
    public static async Task<TrainingGroup> StartAsync(
        TrainingData data, TrainerSettings settings, TrainerState state, int maxEpochs,
        Func<IReadOnlyList<IReadOnlyList<string>>, Seat[]> plan, CancellationToken cancellation)
    {
        var partitions = data.Frame.Partitions;
        var seats = plan(await data.Client.WhoHasAsync(partitions, cancellation).ConfigureAwait(false));
        var order = new TrainerOrder
        {
            Group = Guid.NewGuid(),
            Addresses = Array.ConvertAll(seats, seat => seat.Address),
            Ranks = Array.ConvertAll(seats, seat => seat.Ranks),
            Features = data.Features,
            Label = data.Label,
            Classes = Table.FromColumns(data.Classes),
            Settings = settings,
            Start = state,
            MaxEpochs = maxEpochs,
        };
        var tasks = new Future<TrainerState>[seats.Length];
        for (int place = 0; place < seats.Length; place++)
        {
            var rows = seats[place].Rows;
            var own = order with
            {
                Place = place,
                Starts = Array.ConvertAll(rows, range => range.Start),
                Counts = Array.ConvertAll(rows, range => range.Count),
            };
            var inputs = Arg.All(rows.Select(range => partitions[range.Partition]));
            var options = new SubmitOptions { Workers = [seats[place].Address], Pure = false };
            tasks[place] = data.Client.Submit(TrainerTask.RunAsync, own, inputs, options);
        }

        return new TrainingGroup(data.Client, seats, tasks, state);
    }

    /// <summary>Follows the group to its end; whatever that is, no trainer runs on after it.</summary>
    /// <exception cref="TaskFailedException">The trainers' own code or data failed.</exception>
    public async Task<GroupOutcome> CompleteAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reports = FollowAsync(stop.Token);
        try
        {
            var lost = await EndedAsync(cancellation).ConfigureAwait(false);
            if (lost.Count == 0 && _tasks.All(task => task.Status == FutureStatus.Finished))
            {
                await reports.ConfigureAwait(false);
                var state = await _tasks[0].ResultAsync(cancellation).ConfigureAwait(false);
                return new GroupOutcome(state, true, [], null);
            }

            var cause = await CauseAsync(lost, cancellation).ConfigureAwait(false);
            await CancelAsync().ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await reports.ConfigureAwait(false);
            return new GroupOutcome(_state, false, lost, cause);
        }
        catch (Exception)
        {
            await CancelAsync().ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await reports.ConfigureAwait(false);
            throw;
        }
        finally
        {
            foreach (var task in _tasks)
                task.Dispose();
        }
    }

    /// <summary>
    /// Waits until all trainers have finished, one has failed, or a worker is gone; returns workers gone.
    /// </summary>
    private async Task<List<string>> EndedAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var pending = _tasks.Where(task => !task.IsCompleted);
            var waited = await _client.WaitAsync(pending, WaitFor.First, s_poll, cancellation).ConfigureAwait(false);
            bool hasFailed = _tasks.Any(task => task.IsCompleted && task.Status != FutureStatus.Finished);
            if (hasFailed || waited.NotDone.Count == 0 && _tasks.All(task => task.IsCompleted))
                return hasFailed ? await GoneAsync(cancellation).ConfigureAwait(false) : [];
            var gone = await GoneAsync(cancellation).ConfigureAwait(false);
            if (gone.Count > 0 && !_tasks.All(task => task.IsCompleted))
                return gone;
        }
    }

    private async Task<List<string>> GoneAsync(CancellationToken cancellation)
    {
        var info = await _client.SchedulerInfoAsync(cancellation).ConfigureAwait(false);
        var present = info.Workers.Select(worker => worker.Address).ToHashSet();
        return [.. _seats.Select(seat => seat.Address).Where(address => !present.Contains(address))];
    }

    /// <summary>
    /// What broke the group. A trainer that fails takes the others with it, and these only say that a member has left:
    /// so all are given a moment to say what they know, unless an error of the user's code or data is known already.
    /// </summary>
    private async Task<Exception?> CauseAsync(List<string> lost, CancellationToken cancellation)
    {
        await ErrorsAsync(lost, cancellation).ConfigureAwait(false);
        var alive = _tasks.Where((_, place) => !lost.Contains(_seats[place].Address));
        await _client.WaitAsync(alive, WaitFor.All, s_patience, cancellation).ConfigureAwait(false);
        return await ErrorsAsync(lost, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Throws what concerns the user, notes workers that are named as lost, and returns any other error.
    /// </summary>
    private async Task<Exception?> ErrorsAsync(List<string> lost, CancellationToken cancellation)
    {
        Exception? cause = null;
        foreach (var task in _tasks.Where(task => task.IsCompleted))
        {
            var error = await task.ExceptionAsync(cancellation).ConfigureAwait(false);
            cause ??= error;
            if (error is not TaskFailedException failed)
                continue;
            if (IsOwnError(failed))
                throw failed;
            lost.AddRange(_seats.Select(seat => seat.Address)
                .Where(address => !lost.Contains(address) && NamesAsLost(failed.RemoteMessage, address)));
        }

        return cause;
    }

    // A member that left in order did so because of what another had said.
    private static bool NamesAsLost(string message, string address) =>
        message.Contains($"worker {address}, was lost", StringComparison.Ordinal)
        && !message.Contains("has left the group", StringComparison.Ordinal);

    private static bool IsOwnError(TaskFailedException error) => error.Kind switch
    {
        Messages.TaskErrorKind.Exception => error.RemoteType != typeof(CommunicatorException).FullName,
        Messages.TaskErrorKind.Poisoned or Messages.TaskErrorKind.InputLost => false,
        _ => true,
    };

    private async Task FollowAsync(CancellationToken cancellation)
    {
        var messages = new EpochMessage.Assembler();
        try
        {
            await foreach (var part in _tasks[0].Reports(cancellation).ConfigureAwait(false))
            {
                if (messages.Add(part.Span) is not { } message)
                    continue;
                _state = message.State;
                OnEpoch(message.Report);
            }
        }
        catch (OperationCanceledException)
        {
            // The group is given up; what was reported so far is kept.
        }
    }

    private async Task CancelAsync()
    {
        try
        {
            await _client.CancelAsync(_tasks, "the group of trainers is formed anew").WaitAsync(s_patience)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or TaskGraphException)
        {
            // The scheduler has been told, or is lost: then the next call says so.
        }
    }
}
