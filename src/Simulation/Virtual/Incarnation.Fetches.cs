using TaskGraph.Worker.Machine;

namespace TaskGraph.Simulation;

/// <summary>Requests to other workers, which may fail in every way.</summary>
internal sealed partial class Incarnation
{
    /// <summary>A request has ended; with the values that came.</summary>
    private sealed class FetchedValues(int requestId, int count) : FetchOutcome(requestId, count)
    {
        public long[] Values { get; } = new long[count];
    }

    /// <summary>Values that peers have said they have not got, until somebody names these peers again.</summary>
    private readonly HashSet<(int Peer, TaskId Task)> _denied = [];

    private void Fetch(FetchRequest request, Action<FetchedValues> onEnd)
    {
        var (id, address) = (request.Id, request.Peer.Address);
        var tasks = request.Tasks.ToArray();
        foreach (var task in id < 0 ? [] : tasks)
        {
            Checks.Require(
                !_denied.Contains((request.Peer.Number, task)),
                task,
                $"{Label} asks {address} again, which has said that it has not got it");
        }

        var (number, whole) = (request.Peer.Number, onEnd);
        onEnd = result =>
        {
            NoteDenied(number, tasks, result);
            whole(result);
        };
        _cluster.Log?.Add($"{Label} asks {address} for {string.Join(' ', tasks)}");
        var delay = _cluster.Choices.Next(300);
        var luck = _cluster.AreFaultsOn && _cluster.Has(Faults.Fetches) ? _cluster.Choices.Next(100) : 0;
        _cluster.Time.After(delay, () => Ask(new FetchedValues(id, tasks.Length), address, tasks, luck, onEnd));
    }

    private void NoteDenied(int peer, TaskId[] tasks, FetchedValues result)
    {
        for (var i = 0; i < tasks.Length; i++)
        {
            if (result.Statuses[i] == FetchStatus.Missing)
                _denied.Add((peer, tasks[i]));
        }
    }

    /// <summary>A message names holders: they may be asked again.</summary>
    private void NoteNamed(Message message)
    {
        if (_denied.Count == 0)
            return;
        switch (message)
        {
            case ComputeTasks compute:
                Allow(compute.Dependencies);
                break;
            case ComputeInputs inputs:
                Allow(inputs.Dependencies);
                break;
            case HoldersRefreshed holders:
                Allow(holders.Tasks);
                break;
            case AcquireReplicas acquire:
                Allow(acquire.Tasks);
                break;
        }

        void Allow(MessageColumn<TaskId> tasks)
        {
            foreach (var task in tasks.Span)
                _denied.RemoveWhere(denied => denied.Task == task);
        }
    }

    private void Ask(FetchedValues result, string address, TaskId[] tasks, int luck, Action<FetchedValues> onEnd)
    {
        var peer = _cluster.FindProcess(address);
        var isCut = _cluster.IsCut(_process.Address, address);
        if (isCut)
            _cluster.Happened(Faults.PeerCuts);
        if (luck >= 80)
            _cluster.Happened(Faults.Fetches);
        if (peer is null || peer.IsDead || isCut || luck >= 92)
        {
            // At once, or when patience ends.
            End(result, luck % 2 == 0 ? 100 : 20_000, onEnd);
            return;
        }

        if (peer.FrozenUntilUs > _cluster.Time.NowUs)
        {
            _cluster.Time.At(peer.FrozenUntilUs, () => Ask(result, address, tasks, luck, onEnd));
            return;
        }

        for (var i = 0; i < tasks.Length; i++)
            Serve(peer, tasks[i], result, i, luck);
        End(result, _cluster.Choices.Next(400), onEnd);
    }

    private static void Serve(VirtualWorker peer, TaskId task, FetchedValues result, int i, int luck)
    {
        if (luck is >= 84 and < 92)
        {
            result.Statuses[i] = FetchStatus.Busy;
        }
        else if (luck is >= 80 and < 84 && i > 0)
        {
            // The connection was cut before this value came.
            result.Statuses[i] = FetchStatus.Unreachable;
        }
        else if (peer.Serving is { } holder && holder.TryServe(task, out var value))
        {
            result.Statuses[i] = FetchStatus.Found;
            result.Bytes[i] = sizeof(long);
            result.Values[i] = value;
        }
        else
        {
            result.Statuses[i] = FetchStatus.Missing;
        }
    }

    private void End(FetchedValues result, long delayUs, Action<FetchedValues> onEnd) =>
        _cluster.Time.After(delayUs, () =>
        {
            _cluster.Log?.Add($"{Label} got {string.Join(' ', result.Statuses)}");
            onEnd(result);
        });
}
