using System.Buffers;
using System.Text.Json;
using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>The whole state as JSON, in pieces that cost a turn little.</content>
internal sealed partial class SchedulerMachine
{
    private const int MaxDumpedAtOnce = 1024;

    private void OnDumpRequest(SchedulerClient client, DumpRequest message)
    {
        if (message.Worker.Length > 0)
        {
            AskForDump(client, message);
            return;
        }

        ArrayBufferWriter<byte> bytes = new();
        int next = 0;
        using (Utf8JsonWriter json = new(bytes))
        {
            if (message.From < 0)
                DumpPeers(json);
            else
                next = DumpTasks(json, bytes, message.From);
        }

        Dirty(client);
        client.Outbox.AddReply(new DumpReply
        {
            RequestId = message.RequestId,
            Json = bytes.WrittenSpan.ToArray(),
            Next = next,
        });
    }

    private void AskForDump(SchedulerClient client, DumpRequest message)
    {
        if (FindWorker(message.Worker) is not { } worker)
        {
            AnswerAsked(client, NoDump(message.RequestId, "it is not connected"));
            return;
        }

        AskWorker(
            client,
            worker,
            message.RequestId,
            id => new DumpRequest { RequestId = id, From = message.From },
            reason => NoDump(message.RequestId, $"it is gone: {reason}"));
    }

    private void OnDumpReply(SchedulerWorker worker, DumpReply reply)
    {
        if (TakeQuestion(worker, reply.RequestId) is not { } question)
            return;
        reply.RequestId = question.RequestId;
        AnswerAsked(question.Client, reply);
    }

    private static DumpReply NoDump(ulong requestId, string error)
        => new() { RequestId = requestId, Error = error, Next = -1 };

    private void DumpPeers(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("scheduler");
        json.WriteString("address", _options.Address);
        json.WriteString("version", _options.Version);
        json.WriteNumber("epoch", _options.Epoch);
        json.WriteNumber("now_us", _now);
        for (TaskState state = TaskState.Released; state <= TaskState.Erred; state++)
            json.WriteNumber(state.ToString(), _stateCounts[(int)state]);
        json.WriteEndObject();
        json.WriteStartArray("workers");
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not null)
                Dump(json, worker);
        }

        json.WriteEndArray();
        json.WriteStartArray("clients");
        foreach (SchedulerClient client in _clients)
        {
            json.WriteStartObject();
            json.WriteString("name", client.Label);
            json.WriteBoolean("connected", client.IsConnected);
            json.WriteNumber("submissions", client.Submissions.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        DumpFunctions(json);
        DumpSpans(json);
        json.WriteEndObject();
    }

    private void DumpFunctions(Utf8JsonWriter json)
    {
        json.WriteStartArray("functions");
        for (int number = 0; number < _functions.Count; number++)
        {
            FunctionRecord function = _functions[number];
            json.WriteStartObject();
            json.WriteString("name", function.Definition.Name);
            json.WriteNumber("finished", function.FinishedCount);
            json.WriteNumber("failed", function.FailedCount);
            json.WriteNumber("total_us", function.TotalUs);
            json.WriteNumber("total_bytes", function.TotalBytes);
            json.WriteNumber("mean_us", Math.Max(0, function.MeanUs));
            json.WriteNumber("mean_bytes", function.MeanBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void DumpSpans(Utf8JsonWriter json)
    {
        json.WriteStartArray("groups");
        foreach (SpanRecord span in _spans.All)
        {
            foreach (GroupRecord group in span.Groups)
            {
                json.WriteStartObject();
                json.WriteString("span", span.Path);
                json.WriteString("function", _functions[group.Function].Definition.Name);
                json.WriteNumber("finished", group.FinishedCount);
                json.WriteNumber("failed", group.FailedCount);
                json.WriteNumber("total_us", group.TotalUs);
                json.WriteNumber("total_bytes", group.TotalBytes);
                json.WriteNumber("started_us", group.StartedUs);
                json.WriteNumber("stopped_us", group.StoppedUs);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private void Dump(Utf8JsonWriter json, SchedulerWorker worker)
    {
        json.WriteStartObject();
        json.WriteNumber("number", worker.Number);
        json.WriteString("name", worker.Name);
        json.WriteString("address", worker.Address);
        json.WriteString("host", worker.Hello.Host);
        json.WriteNumber("process", worker.Hello.ProcessId);
        json.WriteString("status", StatusName(worker));
        json.WriteNumber("threads", worker.Threads);
        json.WriteNumber("assigned", worker.AssignedCount);
        json.WriteNumber("long_running", worker.SecededCount);
        json.WriteNumber("occupancy_us", worker.OccupancyUs);
        json.WriteNumber("load_us", worker.Load);
        json.WriteNumber("slowness", worker.Slowness / 1024.0);
        json.WriteNumber("memory_limit", worker.Hello.MemoryLimitBytes);
        json.WriteNumber("stored", worker.StoredCount);
        json.WriteNumber("stored_bytes", worker.StoredBytes);
        json.WriteNumber("process_bytes", worker.ProcessBytes);
        json.WriteNumber("silent_us", _now - worker.LastHeard);
        json.WriteEndObject();
    }

    private int DumpTasks(Utf8JsonWriter json, ArrayBufferWriter<byte> bytes, int from)
    {
        json.WriteStartArray();
        int task = from;
        for (int dumped = 0; task < _tasks.HighWater && dumped < MaxDumpedAtOnce; task++)
        {
            if (_tasks[task].State == TaskState.Forgotten)
                continue;
            if (bytes.WrittenCount + json.BytesPending > Protocol.MaxChunkBytes)
                break;
            Dump(json, task);
            dumped++;
        }

        json.WriteEndArray();
        return task < _tasks.HighWater ? task : -1;
    }

    private void Dump(Utf8JsonWriter json, int task)
    {
        ref TaskRow row = ref _tasks[task];
        json.WriteStartObject();
        json.WriteString("key", KeyOf(task, row));
        json.WriteString("id", IdOf(row).ToString());
        json.WriteString("state", row.State.ToString());
        json.WriteNumber("priority", row.Priority);
        json.WriteNumber("attempt", row.Attempt);
        json.WriteBoolean("wanted", IsWanted(task, row));
        json.WriteNumber("waiters", _tasks.WaiterCount(task));
        if (row.State == TaskState.Processing)
            json.WriteString("worker", _workers[row.Worker]!.Name);
        if (row.State == TaskState.Memory)
            DumpHolders(json, task, row);
        if (row.State == TaskState.Erred)
            json.WriteString("error", InheritedError(task).Message);
        json.WriteStartArray("inputs");
        int end = row.FirstDependency + Math.Min(row.DependencyCount, MaxInputsLookedAt);
        for (int edge = row.FirstDependency; edge < end; edge++)
            json.WriteStringValue(IdOf(_tasks[_edges[edge].Dependency]).ToString());
        json.WriteEndArray();
        json.WriteNumber("input_count", row.DependencyCount);
        json.WriteEndObject();
    }

    private void DumpHolders(Utf8JsonWriter json, int task, in TaskRow row)
    {
        json.WriteNumber("bytes", row.Bytes);
        json.WriteStartArray("holders");
        json.WriteStringValue(_workers[row.Worker]!.Name);
        for (int link = _replicas.First(task); link >= 0; link = _replicas.Next(link))
            json.WriteStringValue(_workers[_replicas.Worker(link)]!.Name);
        json.WriteEndArray();
    }
}
