using System.Globalization;
using System.Text;
using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Why a task is where it is, in words for people.</content>
internal sealed partial class SchedulerMachine
{
    private const int MaxNamedInStory = 8;

    private void OnStoryRequest(SchedulerClient client, StoryRequest message)
    {
        int task = message.Key.Length > 0 ? FindByText(message.Key) : _submissions.FindTask(message.Task);
        string name = message.Key.Length > 0 ? message.Key : message.Task.ToString();
        string story = task >= 0
            ? Explain(task)
            : $"{name} is not known: it was never submitted here, or nobody wanted it any more and it was forgotten."
            + (message.Key.Length > 0 ? "" : Moves(message.Task));
        AnswerOperation(client, message.RequestId, error: "", story);
    }

    /// <summary>A user's name, or function name and hash as futures show them.</summary>
    private int FindByText(string key)
    {
        int task = _keys.Find(NameHash(Encoding.UTF8.GetBytes(key)));
        if (task >= 0)
            return task;
        int dash = key.LastIndexOf('-');
        const int HexDigits = 16;
        ReadOnlySpan<char> hash = key.AsSpan(dash + 1);
        return hash.Length == HexDigits * 2
            && ulong.TryParse(hash[..HexDigits], NumberStyles.HexNumber, null, out ulong high)
            && ulong.TryParse(hash[HexDigits..], NumberStyles.HexNumber, null, out ulong low)
            ? _keys.Find(new Hash128(high, low))
            : -1;
    }

    private string Explain(int task)
    {
        ref TaskRow row = ref _tasks[task];
        StringBuilder text = new();
        text.Append($"{KeyOf(task, row)} ({IdOf(row)}) is {row.State}: ");
        switch (row.State)
        {
            case TaskState.Released: text.Append("nobody needs its value now."); break;
            case TaskState.Waiting: ExplainWaiting(text, task, row); break;
            case TaskState.Queued: ExplainQueued(text, task); break;
            case TaskState.NoWorker: ExplainPlaces(text.Append("no connected worker may run it."), task); break;
            case TaskState.Processing: ExplainProcessing(text, row); break;
            case TaskState.Memory: ExplainMemory(text, task, row); break;
            case TaskState.Erred: text.Append(InheritedError(task).Message); break;
        }

        if (!IsWanted(task, row))
            text.Append($"\nNo client holds a future of it; {_tasks.WaiterCount(task)} tasks wait for its value.");
        return text.Append(Moves(IdOf(row))).ToString();
    }

    private string Moves(TaskId id) => "\nIts moves, as far as remembered:" + _log.Story(id);

    private void ExplainWaiting(StringBuilder text, int task, in TaskRow row)
    {
        text.Append($"{_tasks.Needs(task).MissingCount} of its {row.DependencyCount} inputs have no value yet.");
        int named = 0;
        for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
        {
            int input = _edges[edge].Dependency;
            ref TaskRow value = ref _tasks[input];
            if (value.State == TaskState.Memory)
                continue;
            if (named++ == MaxNamedInStory)
            {
                text.Append("\n  …");
                return;
            }

            text.Append($"\n  {KeyOf(input, value)} is {value.State}");
            if (value.State == TaskState.Processing)
                text.Append($" on {_workers[value.Worker]!.Label}");
        }
    }

    private void ExplainQueued(StringBuilder text, int task)
    {
        text.Append("its inputs are there, and no worker has room for it yet. ");
        text.Append($"{_stateCounts[(int)TaskState.Queued] - 1} other tasks are queued; the smallest priority goes ");
        text.Append($"first, and its own is {_tasks[task].Priority}.");
        ExplainPlaces(text, task);
    }

    /// <summary>Which workers would fit, and why the others do not.</summary>
    private void ExplainPlaces(StringBuilder text, int task)
    {
        if (WorkerCount == 0)
            text.Append("\n  No worker is connected at all.");
        int named = 0;
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is null)
                continue;
            if (named++ == MaxNamedInStory)
            {
                text.Append("\n  …");
                return;
            }

            text.Append($"\n  {worker.Label}: {WhyNot(task, worker)}");
        }
    }

    private string WhyNot(int task, SchedulerWorker worker)
    {
        if (_tasks[task].Has(TaskFlags.HasExtras) && ResourcesOf(task) is >= 0 and int set
            && !worker.Supply.HasNow(_resources[set]))
        {
            string need = string.Join(", ", _resources[set]);
            return worker.Supply.HasEver(_resources[set]) ? $"has {need}, taken by others" : $"has not got {need} at all";
        }

        bool isRestricted = _tasks[task].Has(TaskFlags.HasExtras) && RestrictionOf(task) >= 0;
        if (isRestricted && !IsAllowed(task, worker))
            return $"is not among {string.Join(", ", _restrictions[RestrictionOf(task)])}, to which it is restricted";
        if (!IsAllowed(task, worker))
        {
            return $"cannot hold its inputs: {MiB(InputBytes(_tasks[task]))} together, with a memory limit of "
                + MiB(worker.MemoryLimit);
        }

        return worker.Status switch
        {
            WorkerStatus.Suspect => $"has said nothing for {(_now - worker.LastHeard) / 1000} ms, so it gets nothing",
            WorkerStatus.Paused => "is short of memory and has paused, so it gets nothing new",
            WorkerStatus.Retiring => "retires, so it gets nothing new",
            _ when worker.IsSetAside => "is set aside for a task that may have killed a worker",
            _ => $"may run it; {worker.ActiveCount} tasks are before it on {worker.Threads} threads",
        };
    }

    private void ExplainProcessing(StringBuilder text, in TaskRow row)
    {
        SchedulerWorker worker = _workers[row.Worker]!;
        int before = 0;
        for (int task = row.PreviousAssigned; task >= 0; task = _tasks[task].PreviousAssigned)
            before++;
        text.Append($"given to {worker.Label} in attempt {row.Attempt}, ");
        text.Append(row.Has(TaskFlags.Seceded) ? "where it runs and has given up its slot."
            : row.Has(TaskFlags.Started) ? "where it has started."
            : before < worker.Threads ? "where it runs or is about to."
            : $"after {before} others on {worker.Threads} threads.");
        if (row.Has(TaskFlags.Retracting))
            text.Append(" It was asked back for another worker.");
        if (worker.Status != WorkerStatus.Running)
            text.Append($" That worker is {StatusName(worker)}.");
    }

    private void ExplainMemory(StringBuilder text, int task, in TaskRow row)
    {
        text.Append($"its value of {row.Bytes} bytes is on {_workers[row.Worker]!.Label}");
        for (int link = _replicas.First(task); link >= 0; link = _replicas.Next(link))
            text.Append($", {_workers[_replicas.Worker(link)]!.Label}");
        text.Append('.');
    }

    private static string StatusName(SchedulerWorker worker) => worker.Status.ToString().ToLowerInvariant();
}
