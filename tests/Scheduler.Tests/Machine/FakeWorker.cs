using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

/// <summary>
/// A worker reduced to what the scheduler can see of it: tasks it was given, values it holds, places it knows.
/// </summary>
internal sealed class FakeWorker(SchedulerWorker peer)
{
    private readonly Dictionary<TaskId, int[]> _known = [];
    private readonly HashSet<TaskId> _freeWhenUnused = [];

    public SchedulerWorker Peer { get; } = peer;

    /// <summary>Tasks to run, with attempt and inputs, in the order of their arrival.</summary>
    public List<(TaskId Task, int Attempt, TaskId[] Inputs)> Queue { get; } = [];

    /// <summary>Values held, with the attempt that made them.</summary>
    public Dictionary<TaskId, int> Values { get; } = [];

    /// <summary>Takes in what the scheduler said; returns answers that a worker gives at once.</summary>
    public IEnumerable<Message> Hear(Message message)
    {
        switch (message)
        {
            case ComputeTasks compute: Take(compute); break;
            case FreeTasks free: Drop(free); break;
            case AbortTasks abort:
                for (int i = 0; i < abort.Tasks.Count; i++)
                    Remove(abort.Tasks[i], abort.Attempts[i]);
                break;
            case RetractTasks retract: return [GiveBack(retract)];
            case HoldersRefreshed holders: Learn(holders); break;
        }

        return [];
    }

    /// <summary>A value is here, or here again.</summary>
    public void Keep(TaskId task, int attempt)
    {
        Values[task] = attempt;
        _freeWhenUnused.Remove(task);
    }

    /// <summary>A value is gone; returns what a worker says then: one that was to go soon it lacks for its own tasks only.</summary>
    public Message Lose(TaskId task)
    {
        Values.Remove(task);
        if (_freeWhenUnused.Remove(task))
        {
            DataMissing missing = new();
            missing.Tasks.Add(task);
            missing.Holders.Add(Peer.Number);
            missing.Gone.Add(1);
            return missing;
        }

        ReplicasRemoved removed = new();
        removed.Tasks.Add(task);
        return removed;
    }

    /// <summary>A task is in the queue no more: what only it needed goes.</summary>
    public bool Remove(TaskId task, int attempt)
    {
        if (Queue.RemoveAll(run => run.Task == task && run.Attempt <= attempt) == 0)
            return false;
        foreach (TaskId input in _freeWhenUnused.Where(input => !Queue.Exists(run => run.Inputs.Contains(input))).ToArray())
        {
            _freeWhenUnused.Remove(input);
            Values.Remove(input);
        }

        return true;
    }

    /// <summary>The inputs of a task that are neither here nor known to be anywhere.</summary>
    public int[] HoldersOf(TaskId input) => _known.GetValueOrDefault(input, []);

    private void Take(ComputeTasks compute)
    {
        int start = 0;
        for (int i = 0; i < compute.Tasks.Count; i++)
        {
            int end = compute.DependencyEnds[i];
            TaskId[] inputs = compute.Dependencies.Span[start..end].ToArray();
            for (int k = start; k < end; k++)
            {
                int from = k == 0 ? 0 : compute.HolderEnds[k - 1];
                _known[compute.Dependencies[k]] = compute.Holders.Span[from..compute.HolderEnds[k]].ToArray();
            }

            Queue.RemoveAll(run => run.Task == compute.Tasks[i]);
            Queue.Add((compute.Tasks[i], compute.Attempts[i], inputs));
            start = end;
        }
    }

    private void Drop(FreeTasks free)
    {
        for (int i = 0; i < free.Tasks.Count; i++)
        {
            if (!Values.TryGetValue(free.Tasks[i], out int attempt) || attempt > free.Attempts[i])
                continue;

            // A task that was dispatched with the word that its input is here still finds it, as on a real worker.
            if (Queue.Exists(run => run.Inputs.Contains(free.Tasks[i])))
                _freeWhenUnused.Add(free.Tasks[i]);
            else
                Values.Remove(free.Tasks[i]);
        }
    }

    private TasksRetracted GiveBack(RetractTasks retract)
    {
        TasksRetracted answer = new();
        for (int i = 0; i < retract.Tasks.Count; i++)
        {
            answer.Tasks.Add(retract.Tasks[i]);
            answer.Attempts.Add(retract.Attempts[i]);

            // The first in the queue counts as started.
            bool isStarted = Queue.Count > 0 && Queue[0].Task == retract.Tasks[i];
            answer.Accepted.Add((byte)(!isStarted && Remove(retract.Tasks[i], retract.Attempts[i]) ? 1 : 0));
        }

        return answer;
    }

    private void Learn(HoldersRefreshed holders)
    {
        for (int i = 0; i < holders.Tasks.Count; i++)
        {
            int from = i == 0 ? 0 : holders.HolderEnds[i - 1];
            _known[holders.Tasks[i]] = holders.Holders.Span[from..holders.HolderEnds[i]].ToArray();
        }
    }
}
