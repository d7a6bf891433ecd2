using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

/// <summary>
/// A machine with fake workers and one client, driven by numbers: each picks an event (a submission, a result, a
/// death …).
/// What is true in the end is known without the machine: every task that is still wanted has ended.
/// </summary>
internal sealed class FakeCluster
{
    private const int MaxWorkers = 5;

    private readonly MachineBench _bench = new(new SchedulerMachineOptions { StragglerLookUs = 1, LeastStragglerUs = 20_000 });
    private readonly List<FakeWorker> _workers = [];
    private readonly List<TaskId> _wanted = [];
    private ulong _submission = 10;
    private int _names;

    public MachineBench Bench => _bench;

    public int TaskCount => _bench.Machine.TaskCount;

    public IReadOnlyList<TaskId> Wanted => _wanted;

    public TaskState StateOf(TaskId task) => _bench.Machine.StateOf(task);

    /// <summary>Lets the event happen that <paramref name="choice"/> stands for.</summary>
    public void Step(int choice)
    {
        int detail = choice / 16;
        switch (choice % 16)
        {
            case 0 or 1: Submit(detail); break;
            case 2: Join(); break;
            case 3: Die(detail); break;
            case 4: Fail(detail); break;
            case 5: Release(detail); break;
            case 6: Cancel(detail); break;
            case 7: Forgets(detail); break;
            case 8: _bench.Advance(30_000); break;
            case 9: Secede(detail); break;
            case 10: Pause(detail); break;
            case 11: Replicate(detail); break;
            default: Work(detail); break;
        }

        Deliver();
    }

    /// <summary>No more accidents: lets the workers work until nothing is left to do.</summary>
    public void Drain()
    {
        if (_workers.Count == 0)
            Join();
        // Tasks that two workers seem to have died of wait some seconds for what the nannies say.
        for (int second = 0; second < 11; second++)
        {
            foreach (FakeWorker worker in _workers)
                _bench.Tell(worker.Peer, new Heartbeat());
            _bench.Advance(1_000_000);
            Deliver();
        }

        for (int idle = 0, rounds = 0; idle < 3; rounds++)
        {
            Assert.True(rounds < 10_000, "the cluster does not come to rest");
            bool worked = false;
            for (int i = 0; i < _workers.Count; i++)
            {
                for (int k = 0; k < _workers[i].Queue.Count; k++)
                    worked |= RunQueued(_workers[i], k);
                Deliver();
            }

            idle = worked ? 0 : idle + 1;
            _bench.Advance(30_000);
            Deliver();
        }
    }

    public void ReleaseAll()
    {
        _bench.Release(_bench.Client, [.. _wanted]);
        _wanted.Clear();
        Deliver();
    }

    private void Submit(int detail)
    {
        Graph graph = new(_submission++);
        int count = 1 + (detail % 9);
        for (int i = 0; i < count; i++)
        {
            HashSet<TaskId> inputs = [];
            for (int k = 0; k < 3; k++)
            {
                int pick = (detail >> (k + 2)) + (i * 7) + (k * 3);
                if (i > 0 && pick % 3 != 0)
                    inputs.Add(graph.Id(pick % i));
                else if (_wanted.Count > 0 && pick % 4 == 0)
                    inputs.Add(_wanted[pick % _wanted.Count]);
            }

            bool isWanted = i == count - 1 || (detail + i) % 4 == 0;
            graph.Add(
                [.. inputs], isWanted, retries: (detail + i) % 5 == 0 ? 1 : 0, priority: (detail >> i) % 3,
                speculate: (detail + i) % 2 == 0);
        }

        _bench.Tell(_bench.Client, graph.Message);
        Assert.Equal("", _bench.ReplyTo(graph.Message.Submission).Error);
        for (int i = 0; i < count; i++)
        {
            if ((graph.Message.Flags[i] & (byte)SubmitFlags.Wanted) != 0)
                _wanted.Add(graph.Id(i));
        }
    }

    private void Join()
    {
        if (_workers.Count < MaxWorkers)
            _workers.Add(new FakeWorker(_bench.NewWorker(threads: 1 + (_names % 2), name: $"fake{_names++}")));
    }

    private void Die(int detail)
    {
        if (_workers.Count == 0)
            return;
        FakeWorker victim = _workers[detail % _workers.Count];
        _workers.Remove(victim);
        _bench.Lose(victim.Peer);
    }

    private void Work(int detail)
    {
        if (_workers.Count == 0)
            return;
        FakeWorker worker = _workers[detail % _workers.Count];
        if (worker.Queue.Count > 0)
            RunQueued(worker, (detail / 8) % worker.Queue.Count);
    }

    /// <summary>
    /// Runs a queued task if its inputs can be had; else asks for them. Returns whether anything happened.
    /// </summary>
    private bool RunQueued(FakeWorker worker, int position)
    {
        (TaskId task, int attempt, TaskId[] inputs) = worker.Queue[position];
        DataMissing missing = new();
        bool isComplete = true;
        foreach (TaskId input in inputs)
        {
            if (worker.Values.ContainsKey(input))
                continue;
            int[] holders = worker.HoldersOf(input);
            FakeWorker? holder = _workers.Find(
                other => holders.Contains(other.Peer.Number) && other.Values.ContainsKey(input));
            if (holder is not null)
            {
                worker.Keep(input, holder.Values[input]);
                ReplicasAdded added = new();
                added.Tasks.Add(input);
                added.Bytes.Add(100);
                _bench.Tell(worker.Peer, added);
                continue;
            }

            isComplete = false;
            if (holders.Length == 0)
                continue;
            missing.Tasks.Add(input);
            missing.Holders.Add(holders[0]);
            missing.Gone.Add(1);
        }

        if (isComplete)
        {
            worker.Remove(task, attempt);
            worker.Keep(task, attempt);
            _bench.Tell(worker.Peer, Finished(task, attempt));
            return true;
        }

        if (missing.Tasks.Count == 0)
            return false;
        _bench.Tell(worker.Peer, missing);
        return true;
    }

    private static TasksFinished Finished(TaskId task, int attempt)
    {
        TasksFinished finished = new();
        finished.Tasks.Add(task);
        finished.Attempts.Add(attempt);
        finished.Bytes.Add(100);
        finished.DurationUs.Add(5000);
        return finished;
    }

    private void Fail(int detail)
    {
        if (_workers.Count == 0 || _workers[detail % _workers.Count] is not { Queue.Count: > 0 } worker)
            return;
        (TaskId task, int attempt, _) = worker.Queue[0];
        worker.Remove(task, attempt);
        TasksFailed failed = new();
        failed.Tasks.Add(task);
        failed.Attempts.Add(attempt);
        failed.Errors.Add(new TaskError(TaskErrorKind.Exception, "X", "boom", "", "", ""));
        _bench.Tell(worker.Peer, failed);
    }

    private void Secede(int detail)
    {
        if (_workers.Count == 0 || _workers[detail % _workers.Count] is not { Queue.Count: > 0 } worker)
            return;
        TasksSeceded seceded = new();
        seceded.Tasks.Add(worker.Queue[0].Task);
        seceded.Attempts.Add(worker.Queue[0].Attempt);
        seceded.Rejoined.Add((byte)(detail & 1));
        _bench.Tell(worker.Peer, seceded);
    }

    private void Pause(int detail)
    {
        if (_workers.Count == 0)
            return;
        HeartbeatStatus status = detail % 3 == 0 ? HeartbeatStatus.Paused : HeartbeatStatus.Running;
        _bench.Tell(_workers[detail / 3 % _workers.Count].Peer, new Heartbeat { Status = status });
    }

    private void Replicate(int detail)
    {
        if (_wanted.Count == 0)
            return;
        ReplicateTasks message = new() { RequestId = 1, Copies = 1 + (detail % 4) };
        message.Tasks.Add(_wanted[detail / 4 % _wanted.Count]);
        _bench.Tell(_bench.Client, message);
    }

    /// <summary>Copies what holders have; what they have not is answered as missed.</summary>
    private IEnumerable<Message> Acquire(FakeWorker worker, AcquireReplicas message)
    {
        ReplicasAdded added = new();
        ReplicasNotAcquired missed = new();
        for (int i = 0; i < message.Tasks.Count; i++)
        {
            TaskId task = message.Tasks[i];
            FakeWorker? holder = _workers.Find(other => other.Peer.Number == message.Holders[i]);
            if (holder is null || !holder.Values.TryGetValue(task, out int attempt))
            {
                missed.Tasks.Add(task);
                continue;
            }

            worker.Keep(task, attempt);
            added.Tasks.Add(task);
            added.Bytes.Add(100);
        }

        return [added, missed];
    }

    private void Release(int detail)
    {
        if (_wanted.Count == 0)
            return;
        TaskId task = _wanted[detail % _wanted.Count];
        _wanted.Remove(task);
        _bench.Release(_bench.Client, task);
    }

    private void Cancel(int detail)
    {
        if (_wanted.Count == 0)
            return;
        CancelTasks cancel = new();
        cancel.Tasks.Add(_wanted[detail % _wanted.Count]);
        _bench.Forget();
        _bench.Tell(_bench.Client, cancel);
        foreach (TasksCancelled told in _bench.ToldTo<TasksCancelled>(_bench.Client))
        {
            foreach (TaskId task in told.Tasks.Span)
                Assert.True(_wanted.Remove(task), "only what is wanted is reported as cancelled");
        }
    }

    private void Forgets(int detail)
    {
        if (_workers.Count == 0 || _workers[detail % _workers.Count] is not { Values.Count: > 0 } worker)
            return;
        TaskId task = worker.Values.Keys
            .OrderBy(id => (id.Submission, id.Index))
            .ElementAt(detail % worker.Values.Count);
        _bench.Tell(worker.Peer, worker.Lose(task));
    }

    /// <summary>
    /// Hands all messages to the fake workers, and their answers back, until nobody has anything to say.
    /// </summary>
    private void Deliver()
    {
        List<(FakeWorker Worker, Message Answer)> answers = [];
        do
        {
            answers.Clear();
            foreach (FakeWorker worker in _workers)
            {
                foreach (Message message in _bench.ToldTo(worker.Peer))
                {
                    IEnumerable<Message> heard = message is AcquireReplicas acquire
                        ? Acquire(worker, acquire)
                        : worker.Hear(message);
                    answers.AddRange(heard.Select(answer => (worker, answer)));
                }
            }

            _bench.Forget();
            foreach ((FakeWorker worker, Message answer) in answers)
                _bench.Tell(worker.Peer, answer);
        }
        while (answers.Count > 0);
    }
}
