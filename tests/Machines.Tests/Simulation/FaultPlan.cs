namespace Machines.Tests.Simulation;

/// <summary>What users do and what goes wrong, at moments drawn beforehand; ends with the horizon.</summary>
internal sealed class FaultPlan(Simulation simulation, long horizonUs)
{
    private readonly Random _random = simulation.Random;

    public void Plan()
    {
        Times(Faults.Deaths, 3, Kill);
        Times(Faults.Cuts, 3, CutWorker);
        Times(Faults.Freezes, 3, Freeze);
        Times(Faults.Cancels, 4, CancelSomething);
        Times(Faults.Releases, 8, ReleaseSomething);
        Times(Faults.ClientCuts, 3, CutClient);
        if (simulation.Scenario.Clients > 1)
            Times(Faults.ClientLeaves, 1, () => simulation.Clients[^1].Leave(_random.Next(2) == 0));
    }

    private void Times(Faults kind, int most, Action fault)
    {
        if ((simulation.Scenario.Faults & kind) == 0)
            return;
        for (var i = _random.Next(most) + 1; i > 0; i--)
            simulation.Time.At(_random.NextInt64(horizonUs), fault);
    }

    private VirtualWorker? PickWorker()
    {
        VirtualWorker[] live = [.. simulation.LiveProcesses];
        return live.Length == 0 ? null : live[_random.Next(live.Length)];
    }

    private Held? PickFuture(out VirtualClient client)
    {
        client = simulation.Clients[_random.Next(simulation.Clients.Count)];
        return client.Futures.Count == 0 ? null : client.Futures[_random.Next(client.Futures.Count)];
    }

    /// <summary>Mostly soon; sometimes only when the lease has ended.</summary>
    private long NoticeUs() => _random.Next(4) == 0 ? _random.Next(200_000) : _random.Next(3_000);

    private void Kill()
    {
        simulation.LossCount++;
        PickWorker()?.Die(NoticeUs());
        simulation.AddWorker(_random.Next(20_000));
    }

    private void CutWorker()
    {
        simulation.LossCount++;
        PickWorker()?.CutConnection(NoticeUs(), NoticeUs());
    }

    private void Freeze()
    {
        simulation.LossCount++;
        if (PickWorker() is { } worker)
            worker.FrozenUntilUs = simulation.Time.NowUs + _random.Next(_random.Next(2) == 0 ? 40_000 : 250_000);
    }

    private void CancelSomething()
    {
        if (PickFuture(out var client) is { } held)
            client.Cancel(held, isForced: _random.Next(3) == 0);
    }

    private void ReleaseSomething()
    {
        if (PickFuture(out var client) is { } held)
            client.Release(held);
    }

    private void CutClient() =>
        simulation.Clients[_random.Next(simulation.Clients.Count)].CutConnection(NoticeUs(), _random.Next(50_000));
}
