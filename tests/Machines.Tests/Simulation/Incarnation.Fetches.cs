using TaskGraph.Worker.Machine;

namespace Machines.Tests.Simulation;

/// <summary>Requests to other workers, which may fail in every way.</summary>
internal sealed partial class Incarnation
{
    /// <summary>A request has ended; with the values that came.</summary>
    private sealed class FetchedValues(int requestId, int count) : FetchOutcome(requestId, count)
    {
        public long[] Values { get; } = new long[count];
    }

    private void Fetch(FetchRequest request)
    {
        var (id, address) = (request.Id, request.Peer.Address);
        var tasks = request.Tasks.ToArray();
        _simulation.Note($"{Peer.Name} asks {address} for {string.Join(' ', tasks)}");
        var random = _simulation.Random;
        var delay = random.Next(300);
        _simulation.Time.After(delay, () => Ask(id, address, tasks, random.Next(100)));
    }

    private void Ask(int id, string address, TaskId[] tasks, int luck)
    {
        var result = new FetchedValues(id, tasks.Length);
        var peer = _simulation.FindProcess(address);
        var isFaulty = _simulation.AreFaultsOn && (_simulation.Scenario.Faults & Faults.Fetches) != 0;
        if (peer is null || peer.IsDead || (isFaulty && luck < 8))
        {
            // At once, or when patience ends.
            Answer(result, luck % 2 == 0 ? 100 : 20_000);
            return;
        }

        if (peer.FrozenUntilUs > _simulation.Time.NowUs)
        {
            _simulation.Time.At(peer.FrozenUntilUs, () => Ask(id, address, tasks, luck));
            return;
        }

        for (var i = 0; i < tasks.Length; i++)
            Serve(peer, tasks[i], result, i, isFaulty ? luck : 100);
        Answer(result, _simulation.Random.Next(400));
    }

    private static void Serve(VirtualWorker peer, TaskId task, FetchedValues result, int i, int luck)
    {
        if (luck is >= 8 and < 16)
        {
            result.Statuses[i] = FetchStatus.Busy;
        }
        else if (luck is >= 16 and < 20 && i > 0)
        {
            // The connection was cut before this value came.
            result.Statuses[i] = FetchStatus.Unreachable;
        }
        else if (peer.Served is { } store && store.TryGetValue(task, out var value))
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

    private void Answer(FetchedValues result, long delayUs) => _simulation.Time.After(delayUs, () =>
    {
        _simulation.Note($"{Peer.Name} got {string.Join(' ', result.Statuses)}");
        Post(result);
    });
}
