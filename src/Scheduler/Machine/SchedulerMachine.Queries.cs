using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Questions of clients, and data that clients have put on workers.</content>
internal sealed partial class SchedulerMachine
{
    private void OnWhoHas(SchedulerClient client, WhoHas message)
    {
        WhoHasReply reply = new() { RequestId = message.RequestId };
        foreach (TaskId id in message.Tasks.Span)
        {
            int task = _submissions.FindTask(id);
            reply.StoredAs.Add(task < 0 ? id : IdOf(_tasks[task]));
            if (task >= 0 && _tasks[task].State == TaskState.Memory)
            {
                reply.Holders.Add(_tasks[task].Worker);
                for (int link = _replicas.First(task); link >= 0; link = _replicas.Next(link))
                    reply.Holders.Add(_replicas.Worker(link));
            }

            reply.HolderEnds.Add(reply.Holders.Count);
        }

        Dirty(client);
        client.Outbox.AddReply(reply);
    }

    private void OnClusterInfoRequest(SchedulerClient client, ClusterInfoRequest message)
    {
        ClusterInfo info = new()
        {
            RequestId = message.RequestId,
            SchedulerAddress = _options.Address,
            SchedulerVersion = _options.Version,
            SchedulerProcessId = _options.ProcessId,
            AdaptiveTarget = AdaptiveTarget(),
        };
        for (TaskState state = TaskState.Released; state <= TaskState.Erred; state++)
            info.TaskCounts.Add(new KeyValuePair<string, long>(state.ToString(), _stateCounts[(int)state]));
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not null)
                info.Workers.Add(Describe(worker));
        }

        Dirty(client);
        client.Outbox.AddReply(info);
    }

    private static WorkerInfo Describe(SchedulerWorker worker) => new(
        worker.Number,
        worker.Name,
        worker.Address,
        worker.Hello.Host,
        worker.Hello.ProcessId,
        worker.Threads,
        worker.Hello.MemoryLimitBytes,
        StatusName(worker),
        worker.AssignedCount,
        worker.StoredCount,
        worker.StoredBytes,
        worker.ProcessBytes,
        worker.CpuSeconds,
        worker.SpilledBytes,
        worker.SpilledCount,
        worker.UnmanagedOldBytes,
        worker.PauseReason);

    private void OnRegisterData(SchedulerClient client, RegisterData message)
    {
        int count = message.Workers.Count;
        RequireRows(count, message.Bytes.Count);
        RequireRowsOrNone(count, message.KeyNames.Count);
        if (_submissions.HasEnded(message.Submission) || _submissions.Find(message.Submission) is not null)
        {
            ReplyAgain(client, message.Submission);
            return;
        }

        string error = _isReplaying ? "" : RefuseData(message);
        if (error.Length > 0)
        {
            Reply(client, message.Submission, error);
            return;
        }

        RecordAndReply(client, message.Submission, message);
        Submission submission = _submissions.Open(message.Submission, client);
        submission.KeyForm = KeyForm.Named;
        submission.Kept = _kept.GetValueOrDefault(message.Submission);
        submission.AllocateRows(count, withHashes: false);
        submission.IsAccepted = true;
        int blob = _blobs.Add(message.KeyNames.Bytes.Length + (count * sizeof(int)), out byte[] names);
        int offset = 0;
        for (int index = 0; index < count; index++)
        {
            if (submission.Kept is null || submission.Kept.IsLive(index))
                CreateData(submission, index, message, blob, names, ref offset);
        }

        _blobs.RemoveUse(blob);
        EndIfEmpty(submission);
    }

    private string RefuseData(RegisterData message)
    {
        if (message.Epoch != 0 && message.Epoch != _options.Epoch)
            return "the scheduler was restarted while the data was on its way, and its workers have other numbers now; scatter it again";
        foreach (int number in message.Workers.Span)
        {
            if ((uint)number >= (uint)_workers.Count || _workers[number] is null)
                return $"worker {number}, which was to hold some of the data, is gone; scatter it again";
        }

        for (int i = 0; i < message.KeyNames.Count; i++)
        {
            ReadOnlySpan<byte> name = message.KeyNames[i];
            if (name.Length > 0 && !message.SharesEqual && _keys.Find(NameHash(name)) >= 0)
            {
                string text = System.Text.Encoding.UTF8.GetString(name);
                return KeyConflict + $"{text} exists already; give the data another key";
            }
        }

        return "";
    }

    private bool IsSharable(int task) =>
        _tasks[task].Function < 0 && (_tasks[task].State == TaskState.Memory || _isReplaying);

    private void CreateData(
        Submission submission, int index, RegisterData message, int blob, byte[] names, ref int offset)
    {
        ReadOnlySpan<byte> name = message.KeyNames.Count > 0 ? message.KeyNames[index] : default;
        int known = name.Length > 0 && message.SharesEqual ? _keys.Find(NameHash(name)) : -1;
        if (known >= 0 && IsSharable(known))
        {
            AddAlias(submission, index, known, isWanted: true);
            if (!_isReplaying)
                FreeStray(_workers[message.Workers[index]]!, new TaskId(submission.Id, index), int.MaxValue);
            TellState(submission.Number, index, known);
            return;
        }

        int task = _tasks.Allocate();
        ref TaskRow row = ref _tasks[task];
        submission.Rows[index] = task;
        submission.LiveCount++;
        _stateCounts[(int)TaskState.Released]++;
        row.SubmissionId = submission.Id;
        row.Submission = submission.Number;
        row.Index = index;
        row.Function = -1;
        if (submission.Kept is null || submission.Kept.IsWanted(index))
            row.Flags |= TaskFlags.Wanted;
        if (name.Length > 0 && _keys.Find(NameHash(name)) < 0)
        {
            row.Blob = blob;
            _blobs.AddUse(blob);
            row.Flags |= TaskFlags.HasExtras | TaskFlags.Keyed;
            _extras[task] = new TaskExtras { Restriction = -1, Resources = -1, NameOffset = offset };
            offset = BlobTable.WritePrefixed(names, offset, name);
            _keys.Add(NameHash(name), task);
        }

        if (_isReplaying)
        {
            // Who holds it is known when the workers are back.
            if (row.Has(TaskFlags.Wanted))
                Need(task);
            return;
        }

        Transition(task, TaskState.Memory);
        AddFirstHolder(ref row, _workers[message.Workers[index]]!, Math.Max(0, message.Bytes[index]));
        NotifyInMemory(task, row, hasInline: false, default);
    }
}
