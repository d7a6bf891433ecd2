using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Which runs have ended, when and where: what Dask calls the task stream.</content>
internal sealed partial class SchedulerMachine
{
    private const int MaxRunsAtOnce = 2048;

    private readonly RunLog _runLog = new();

    /// <summary>Names of all workers by number, those that have left included.</summary>
    private readonly List<string> _workerNames = [];

    private void NameWorker(SchedulerWorker worker)
    {
        while (_workerNames.Count <= worker.Number)
            _workerNames.Add("");
        _workerNames[worker.Number] = worker.Name;
    }

    private void NoteRun(in TaskRow row, SchedulerWorker worker, int durationUs, long bytes) =>
        _runLog.Add(_submissions[row.Submission].Id, row.Index, row.Function, worker.Number, _now, durationUs, bytes);

    private void OnTaskStreamRequest(SchedulerClient client, TaskStreamRequest request)
    {
        TaskStreamReply reply = new() { RequestId = request.RequestId };
        long first = Math.Clamp(request.From, _runLog.First, _runLog.Count);
        long end = Math.Min(_runLog.Count, first + MaxRunsAtOnce);
        int characters = 0;
        for (long number = first; number < end; number++)
        {
            ref readonly RunLog.Entry run = ref _runLog[number];
            string function = run.Function < 0 ? "data" : _functions[run.Function].Definition.Name;
            string key = KeyOf(new TaskId(run.Submission, run.Index), function);
            string worker = _workerNames[run.Worker];
            characters += key.Length + function.Length + worker.Length;
            if (characters > Protocol.MaxChunkBytes / 2 && number > first)
                end = number;
            if (number == end)
                break;
            reply.StoppedAgoUs.Add(_now - run.Stopped);
            reply.DurationUs.Add(run.DurationUs);
            reply.Bytes.Add(run.Bytes);
            reply.Keys.Add(key);
            reply.Functions.Add(function);
            reply.Workers.Add(worker);
        }

        reply.Next = end < _runLog.Count ? end : -1;
        Dirty(client);
        client.Outbox.AddReply(reply);
    }

    /// <summary>What people call a task that may be forgotten already: a name of its own is known only before that.</summary>
    private string KeyOf(TaskId id, string function)
    {
        int task = _submissions.FindTask(id);
        return task >= 0 ? KeyOf(task, _tasks[task]) : $"{function}-{id}";
    }
}
