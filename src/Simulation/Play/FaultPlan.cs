namespace TaskGraph.Simulation;

/// <summary>What goes wrong, at moments chosen beforehand; ends with the horizon.</summary>
internal sealed class FaultPlan(VirtualCluster cluster, int horizonUs)
{
    private readonly Choices _choices = cluster.Choices;

    public void Plan()
    {
        Times(Faults.Deaths, 3, Kill);
        Times(Faults.Resets, 3, ResetWorker);
        Times(Faults.Freezes, 3, Freeze);
        Times(Faults.OneWayCuts, 4, Stall);
        Times(Faults.PeerCuts, 4, CutPeers);
        Times(Faults.Pauses, 4, Pause);
        Times(Faults.ClientCuts, 3, CutClient);
        Times(Faults.SchedulerCrash, 1, Crash);
        Times(Faults.Restarts, 2, Restart);
        Times(Faults.Spills, 2, FillDisk);
        Times(Faults.Twins, 2, StartTwin);
        Times(Faults.DeathReports, 2, Kill);
        Times(Faults.Compactions, 4, Compact);
        if (cluster.Scenario.Clients > 1)
            Times(Faults.ClientLeaves, 1, Leave);
    }

    /// <summary>When faults have ended: whoever is named in a restriction is there again, and somebody always.</summary>
    public void Heal()
    {
        for (var i = 0; cluster.Has(Faults.Restrictions) && i < cluster.Scenario.Workers; i++)
        {
            var name = VirtualWorker.NameOf(i);
            if (cluster.LiveProcesses.All(process => process.Name != name))
                cluster.AddWorker(_choices.Next(2_000), name);
        }

        if (!cluster.LiveProcesses.Any())
            cluster.AddWorker(0);
    }

    private void Times(Faults kind, int most, Action fault)
    {
        if (!cluster.Has(kind))
            return;
        for (var i = _choices.Next(most) + 1; i > 0; i--)
            cluster.Time.At(_choices.Next(horizonUs), fault);
    }

    private VirtualWorker? PickWorker()
    {
        VirtualWorker[] live = [.. cluster.LiveProcesses.Where(process => process.Current is not null)];
        return live.Length == 0 ? null : live[_choices.Next(live.Length)];
    }

    /// <summary>Mostly soon; sometimes only when the lease has ended.</summary>
    private long NoticeUs() => _choices.Chance(25) ? _choices.Next(200_000) : _choices.Next(3_000);

    private void Kill()
    {
        if (PickWorker() is not { } worker)
            return;
        cluster.Events.LossCount++;
        worker.Die(NoticeUs());
        cluster.Happened(Faults.Deaths);
        if (!_choices.Chance(70))
            return;
        var next = cluster.AddWorker(_choices.Next(20_000), _choices.Chance(50) ? worker.Name : null);
        if (cluster.Has(Faults.DeathReports))
            next.Predecessor = worker;
    }

    /// <summary>Somebody starts a second process of a worker's name, or two in the place of one that has died.</summary>
    private void StartTwin()
    {
        if (PickWorker() is not { } worker)
            return;
        var delayUs = _choices.Next(_choices.Chance(50) ? 20_000 : 1_000);
        if (_choices.Chance(70))
        {
            cluster.Events.LossCount++;
            worker.Die(NoticeUs());
            cluster.AddWorker(delayUs, worker.Name);
        }

        cluster.AddWorker(delayUs + _choices.Next(500), worker.Name);
        cluster.Happened(Faults.Twins);
    }

    private void ResetWorker()
    {
        if (PickWorker() is not { } worker)
            return;
        cluster.Events.LossCount++;
        worker.CutConnection(NoticeUs(), NoticeUs());
        cluster.Happened(Faults.Resets);
    }

    private void Freeze()
    {
        if (PickWorker() is not { } worker)
            return;
        cluster.Events.LossCount++;
        var longest = _choices.Next(2) == 0 ? 40_000 : 250_000;
        worker.FrozenUntilUs = cluster.Time.NowUs + _choices.Next(longest);
        cluster.Log?.Add($"{worker.Name} stands still until {worker.FrozenUntilUs} µs");
        cluster.Happened(Faults.Freezes);
    }

    private void Stall()
    {
        if (PickWorker() is not { } worker)
            return;
        cluster.Events.LossCount++;
        worker.Stall(_choices.Next(2) == 0, _choices.Next(_choices.Next(2) == 0 ? 20_000 : 200_000));
        cluster.Happened(Faults.OneWayCuts);
    }

    private void Pause()
    {
        if (PickWorker() is not { } worker)
            return;
        cluster.Log?.Add($"{worker.Name} pauses");
        worker.PausedUntilUs = cluster.Time.NowUs + _choices.Next(60_000);
        worker.LookAgain();
        cluster.Time.At(worker.PausedUntilUs, worker.LookAgain);
        cluster.Happened(Faults.Pauses);
    }

    private void CutPeers()
    {
        if (PickWorker() is { } one && PickWorker() is { } other && one != other)
            cluster.CutPeers(one, other, _choices.Next(200_000));
    }

    private void CutClient()
    {
        cluster.Clients[_choices.Next(cluster.Clients.Count)].CutConnection(NoticeUs(), _choices.Next(50_000));
        cluster.Happened(Faults.ClientCuts);
    }

    private void Leave()
    {
        cluster.Clients[^1].Leave(_choices.Next(2) == 0);
        cluster.Happened(Faults.ClientLeaves);
    }

    private void Crash()
    {
        cluster.Events.LossCount++;
        cluster.Scheduler.Crash(_choices.Next(50_000), keepsJournal: false);
        cluster.Happened(Faults.SchedulerCrash);
    }

    private void Restart()
    {
        cluster.Events.LossCount++;
        cluster.Scheduler.Crash(_choices.Next(50_000), keepsJournal: true);
        cluster.Happened(Faults.Restarts);
    }

    private void Compact()
    {
        cluster.Scheduler.Journal!.WantsCompaction = true;
        cluster.Happened(Faults.Compactions);
    }

    private void FillDisk()
    {
        if (PickWorker() is not { } worker)
            return;
        worker.DiskFullUntilUs = cluster.Time.NowUs + _choices.Next(60_000);
        cluster.Log?.Add($"the disk of {worker.Name} is full until {worker.DiskFullUntilUs} µs");
        cluster.Happened(Faults.Spills);
    }
}
