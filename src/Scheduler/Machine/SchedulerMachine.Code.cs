using TaskGraph.Messages;
using TaskGraph.Scheduler.Placement;

namespace TaskGraph.Scheduler.Machine;

/// <content>Code on its way from clients to workers, and direct calls on workers.</content>
internal sealed partial class SchedulerMachine
{
    private readonly Dictionary<ulong, DirectRun> _runs = [];
    private ulong _nextRun;

    private void OnDefineFunction(SchedulerClient client, DefineFunction message)
    {
        if (message.Body.Length > _options.MaxFunctionBytes)
            throw new MalformedMessageException($"function {message.Name} takes {message.Body.Length} bytes");
        if (_functions.Find(message.Id) is null)
            Record(client, message);
        FunctionRecord known = _functions.Add(message, UnmeasuredUs(message.Name));
        if (!known.Definition.Body.AsSpan().SequenceEqual(message.Body))
            throw new MalformedMessageException($"function {message.Name} has the hash of another one");
        NeedAssemblies? need = null;
        foreach (Hash128 content in message.Assemblies.Span)
        {
            _assemblies.AddOwner(content, client);
            if (client.IsConnected && _assemblies.TryAsk(content, client, _now))
                (need ??= new NeedAssemblies()).Contents.Add(content);
        }

        if (need is null)
            return;
        Dirty(client);
        client.Outbox.AddFirst(need);
    }

    private void OnAssemblyBytes(SchedulerClient client, AssemblyBytes chunk)
    {
        if (chunk.PeLength == 0)
        {
            if (_assemblies.NoteLack(chunk.Content, client))
                AskForAssembly(chunk.Content);
            return;
        }

        if (!_assemblies.TakesFrom(chunk, client))
            return;
        bool isNew = !_assemblies.IsComplete(chunk.Content);
        if (_assemblies.Receive(chunk, _now) is { } problem)
        {
            Effects.Add(new SchedulerEffect(EffectLevel.Warning, $"{client.Label}: {problem}", client));
            return;
        }

        if (isNew)
            Record(client, chunk);
        if (_assemblies.IsComplete(chunk.Content))
            EndShipping(chunk.Content, isThere: true);
    }

    private void OnNeedAssemblies(SchedulerWorker worker, NeedAssemblies message)
    {
        foreach (Hash128 content in message.Contents.Span)
        {
            if (_assemblies.IsComplete(content))
            {
                SendAssembly(worker, content);
                continue;
            }

            _assemblies.AddWaiter(content, worker);
            AskForAssembly(content);
        }
    }

    /// <summary>
    /// Asks a connected client for an assembly. Those who wait for it learn that nobody has it when every client has said so, also
    /// those that are away at the moment.
    /// </summary>
    private void AskForAssembly(Hash128 content)
    {
        if (_assemblies.WhoToAsk(content, _clients) is { } client)
        {
            if (_assemblies.TryAsk(content, client, _now))
                AskFor(content, client);
        }
        else if (!_assemblies.MayCome(content, _clients))
        {
            _assemblies.GiveUp(content);
            EndShipping(content, isThere: false);
        }
    }

    /// <summary>An assembly is here, or nobody has it: those who wait for it are told.</summary>
    private void EndShipping(Hash128 content, bool isThere)
    {
        NoteAssembly(content, isThere);
        foreach (SchedulerPeer waiter in _assemblies.TakeWaiters(content))
            SendAssembly(waiter, content);
    }

    private void AskFor(Hash128 content, SchedulerClient client)
    {
        NeedAssemblies need = new();
        need.Contents.Add(content);
        Dirty(client);
        client.Outbox.AddFirst(need);
    }

    /// <summary>A client that does not answer must not hold up the others that have the same code.</summary>
    private void AskOthersForAssemblies()
    {
        foreach ((Hash128 content, SchedulerClient owner) in _assemblies.AskOthers(_now))
            AskFor(content, owner);
    }

    /// <summary>A peer takes no part in the shipping of code now, or never again: others are asked in its place.</summary>
    private void LeaveShipping(SchedulerPeer peer, bool isGone)
    {
        _assemblies.RemovePeer(peer, isGone);
        AskForAwaited();
    }

    /// <summary>Somebody has come or gone: who is here now is asked for what is waited for.</summary>
    private void AskForAwaited()
    {
        foreach (Hash128 content in _assemblies.Unasked())
        {
            if (_assemblies.HasWaiters(content) || IsCallWaitingFor(content))
                AskForAssembly(content);
        }
    }

    private void SendAssembly(SchedulerPeer peer, Hash128 content)
    {
        if (peer is not SchedulerWorker { IsConnected: true } worker)
            return;
        Dirty(worker);
        if (_assemblies.IsComplete(content))
            _assemblies.AddChunks(content, worker.Outbox.First);
        else
            worker.Outbox.AddFirst(new AssemblyBytes { Content = content });
    }

    private void OnRunOnWorkers(SchedulerClient client, RunOnWorkers message)
    {
        List<SchedulerWorker> chosen = [];
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not null
                && (message.Workers.Length == 0 || RestrictionTable.Matches(message.Workers, worker)))
            {
                chosen.Add(worker);
            }
        }

        FunctionRecord? function = _functions.Find(message.Function);
        if (chosen.Count == 0 || function is null)
        {
            TaskError? error = function is null
                ? new TaskError(
                    TaskErrorKind.FunctionNotLoaded, "", $"function {message.Function} is not defined", "", "", "")
                : null;
            Dirty(client);
            client.Outbox.AddReply(new RunReply
            {
                RequestId = message.RequestId,
                WorkerCount = error is null ? 0 : 1,
                Error = error,
            });
            return;
        }

        foreach (SchedulerWorker worker in chosen)
        {
            ulong run = ++_nextRun;
            _runs.Add(run, new DirectRun(client, worker, message.RequestId, chosen.Count));
            if (worker.TryIntroduce(function.Number))
                worker.Outbox.AddFirst(function.Definition);
            worker.Outbox.AddFirst(new RunFunction
            {
                RequestId = run,
                Function = message.Function,
                Arguments = message.Arguments,
            });
            Dirty(worker);
        }
    }

    private void OnFunctionResult(SchedulerWorker worker, FunctionResult message)
    {
        if (_runs.TryGetValue(message.RequestId, out DirectRun? run) && run.Worker == worker)
        {
            _runs.Remove(message.RequestId);
            AnswerRun(run, message.Value, message.Error);
        }
    }

    private void FailRuns(SchedulerWorker worker, string reason)
    {
        foreach ((ulong id, DirectRun run) in _runs.Where(entry => entry.Value.Worker == worker).ToArray())
        {
            _runs.Remove(id);
            AnswerRun(run, [], new TaskError(
                TaskErrorKind.Exception,
                "TaskGraph.WorkerLostException",
                $"the worker is gone: {reason}",
                RemoteStack: "",
                Key: "",
                worker.Label));
        }
    }

    private void AnswerRun(DirectRun run, byte[] value, TaskError? error)
    {
        if (!run.Client.IsConnected)
            return;
        Dirty(run.Client);
        run.Client.Outbox.AddReply(new RunReply
        {
            RequestId = run.RequestId,
            WorkerCount = run.WorkerCount,
            WorkerAddress = run.Worker.Address,
            WorkerName = run.Worker.Name,
            Value = value,
            Error = error,
        });
    }

    /// <summary>One worker's share of a <see cref="RunOnWorkers"/> that is under way.</summary>
    private sealed record DirectRun(SchedulerClient Client, SchedulerWorker Worker, ulong RequestId, int WorkerCount);

    /// <summary>What a run of a function is taken to last before one was measured.</summary>
    private long UnmeasuredUs(string function) =>
        _options.DefaultDurationsUs.TryGetValue(function, out long us) ? us
        : _options.UnknownDurationUs > 0 ? _options.UnknownDurationUs
        : DepthRule.UnknownDurationUs(_options.BacklogUs);
}
