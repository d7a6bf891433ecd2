namespace TaskGraph.Simulation;

/// <summary>What users do, at moments chosen beforehand: submit, and whatever else the scenario names.</summary>
internal sealed class UserPlan(VirtualCluster cluster, int horizonUs)
{
    /// <summary>A worker that dies before it has read that it is to restart does not come back.</summary>
    private const long RestartPatienceUs = 5_000_000;

    private readonly Choices _choices = cluster.Choices;
    private Work[] _shared = [];
    private KeyForm _form;
    private long _nextSalt;

    public void Plan()
    {
        var scenario = cluster.Scenario;
        _shared = Graphs.Random(_choices, scenario, [], ref _nextSalt);
        _form = _choices.Next(2) == 0 ? KeyForm.Hashed : KeyForm.Named;
        Times(Faults.Scatters, 4, Scatter);
        for (var i = 0; i < scenario.Graphs; i++)
        {
            var client = cluster.Clients[_choices.Next(scenario.Clients)];
            var isShared = _choices.Chance(33);
            cluster.Time.At(_choices.Next(horizonUs), () => Submit(client, isShared));
        }

        Times(Faults.Cancels, 4, Cancel);
        Times(Faults.Releases, 8, Release);
        Times(Faults.Retries, 6, Retry);
        Times(Faults.Replicates, 6, Replicate);
        Times(Faults.Retires, 2, Retire);
        Times(Faults.Coordination, 12, Coordinate);
    }

    private void Times(Faults kind, int most, Action act)
    {
        if (!cluster.Has(kind))
            return;
        for (var i = _choices.Next(most) + 1; i > 0; i--)
            cluster.Time.At(_choices.Next(horizonUs), act);
    }

    private void Submit(VirtualClient client, bool isShared)
    {
        if (client.IsGone)
            return;
        Work[] earlier = [.. client.Futures.Where(held => !held.IsReleased).Select(held => held.Work)];
        var works = isShared ? _shared : Graphs.Random(_choices, cluster.Scenario, earlier, ref _nextSalt);
        int[] wanted = [.. Enumerable.Range(0, works.Length).Where(i => i == works.Length - 1 || _choices.Chance(33))];
        client.Submit(works, wanted, isShared ? _form : KeyForm.Unique);
    }

    private VirtualClient PickClient() => cluster.Clients[_choices.Next(cluster.Clients.Count)];

    private Held? PickFuture(out VirtualClient client)
    {
        client = PickClient();
        return client.Futures.Count == 0 ? null : client.Futures[_choices.Next(client.Futures.Count)];
    }

    private VirtualWorker? PickWorker()
    {
        VirtualWorker[] live = [.. cluster.LiveProcesses.Where(process => process.Current is not null)];
        return live.Length == 0 ? null : live[_choices.Next(live.Length)];
    }

    /// <summary>Now and then the same keys are wanted again, before their old runs have ended.</summary>
    private void Again(VirtualClient client)
    {
        if (_choices.Chance(50))
            cluster.Time.After(_choices.Next(1_500), () => Submit(client, isShared: true));
    }

    private void Cancel()
    {
        if (PickFuture(out var client) is not { } held)
            return;
        client.Cancel(held, isForced: _choices.Chance(33));
        cluster.Happened(Faults.Cancels);
        Again(client);
    }

    private void Release()
    {
        if (PickFuture(out var client) is not { } held)
            return;
        client.Release(held);
        cluster.Happened(Faults.Releases);
        if (_choices.Chance(25))
        {
            foreach (var other in client.Futures)
                client.Release(other);
        }

        Again(client);
    }

    private void Retry()
    {
        var client = PickClient();
        if (client.IsGone || client.Futures.Find(held => !held.IsReleased && held.Status == FutureStatus.Error) is not { } failed)
            return;

        // Whatever failed with it is run again, too.
        foreach (var held in cluster.Clients.SelectMany(other => other.Futures))
            held.NoteRetry();
        client.Ask(id =>
        {
            var message = new RetryTasks { RequestId = id };
            message.Tasks.Add(failed.Id);
            return message;
        });
        cluster.Happened(Faults.Retries);
    }

    private void Scatter()
    {
        if (PickWorker() is { } worker)
            PickClient().Scatter(worker, new Work(Behaviour.Data, ++_nextSalt, []));
    }

    private void Replicate()
    {
        var client = PickClient();
        if (client.IsGone)
            return;
        cluster.Happened(Faults.Replicates);
        if (_choices.Chance(30))
        {
            client.Ask(id => new RebalanceWorkers { RequestId = id });
            return;
        }

        if (client.Futures.FindLast(held => !held.IsReleased && held.Status == FutureStatus.Finished) is not { } done)
            return;
        var copies = _choices.Next(1, 4);
        client.Ask(id =>
        {
            var message = new ReplicateTasks { RequestId = id, Copies = copies };
            message.Tasks.Add(done.Id);
            return message;
        });
    }

    private void Retire()
    {
        var client = PickClient();
        if (client.IsGone || PickWorker() is not { } worker)
            return;
        var isRestart = _choices.Chance(33);
        var question = client.Ask(id => isRestart
            ? new RestartWorkers { RequestId = id, Workers = [worker.Name] }
            : new RetireWorkers { RequestId = id, Workers = [worker.Name] });
        if (isRestart)
            cluster.Time.After(RestartPatienceUs, question.GiveUp, isWork: false);
        cluster.Events.LossCount++;
        cluster.Happened(Faults.Retires);
        if (_choices.Chance(50))
            cluster.AddWorker(_choices.Next(20_000));
    }

    private void Coordinate()
    {
        var client = PickClient();
        switch (_choices.Next(3))
        {
            case 0: client.UseLock(); break;
            case 1: client.PutIntoQueue(++_nextSalt); break;
            default: client.TakeFromQueue(); break;
        }
    }
}
