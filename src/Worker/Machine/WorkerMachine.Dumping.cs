using System.Buffers;
using System.Text.Json;
using TaskGraph.Messages;

namespace TaskGraph.Worker.Machine;

/// <summary>What the machine knows, as JSON, in pieces that cost a turn little.</summary>
internal sealed partial class WorkerMachine
{
    private const int MaxDumpedAtOnce = 1024;
    private const int MaxPeersDumped = 256;
    private const int MaxKeysDumped = 64;

    /// <summary>Writes the counts, the requests under way, and the peers that matter to them, as properties.</summary>
    public void DumpFigures(Utf8JsonWriter json)
    {
        json.WriteStartObject("states");
        for (var state = WorkerTaskState.Released; state < WorkerTaskState.Forgotten; state++)
        {
            if (CountOf(state) > 0)
                json.WriteNumber(state.ToString(), CountOf(state));
        }

        json.WriteEndObject();
        json.WriteNumber("occupied", OccupiedCount);
        json.WriteNumber("queued", _ready.Count);
        json.WriteNumber("stored_bytes", StoredBytes);
        json.WriteNumber("moves", MoveCount);
        DumpRequests(json);
        DumpPeers(json);
    }

    /// <summary>Writes an array of tasks, from a row on; returns the row to go on with, −1 when these were the last.</summary>
    public int DumpTasks(Utf8JsonWriter json, ArrayBufferWriter<byte> bytes, int from)
    {
        json.WriteStartArray();
        var row = from;
        for (var dumped = 0; row < _tasks.RowLimit && dumped < MaxDumpedAtOnce; row++)
        {
            if (_tasks[row].State == WorkerTaskState.Forgotten)
                continue;
            if (bytes.WrittenCount + json.BytesPending > Protocol.MaxChunkBytes)
                break;
            Dump(json, row);
            dumped++;
        }

        json.WriteEndArray();
        return row < _tasks.RowLimit ? row : -1;
    }

    private void DumpRequests(Utf8JsonWriter json)
    {
        json.WriteNumber("in_flight_bytes", _bytesInFlight);
        json.WriteStartArray("requests");
        foreach (var request in _requests.Values)
        {
            json.WriteStartObject();
            json.WriteString("peer", request.Peer.Address);
            json.WriteNumber("bytes", request.Bytes);
            json.WriteNumber("since_us", _nowUs - request.StartUs);
            json.WriteNumber("task_count", request.Tasks.Count);
            json.WriteStartArray("tasks");
            for (var i = 0; i < Math.Min(request.Tasks.Count, MaxKeysDumped); i++)
                json.WriteStringValue(request.Tasks[i].ToString());
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void DumpPeers(Utf8JsonWriter json)
    {
        json.WriteNumber("peer_count", _peerList.Count);
        json.WriteStartArray("peers");
        var dumped = 0;
        foreach (var peer in _peerList)
        {
            if ((peer.Pending.Count == 0 && !peer.IsAsked && peer.FailureCount == 0) || dumped++ == MaxPeersDumped)
                continue;
            json.WriteStartObject();
            json.WriteNumber("number", peer.Number);
            json.WriteString("address", peer.Address);
            json.WriteNumber("pending", peer.Pending.Count);
            json.WriteBoolean("asked", peer.IsAsked);
            json.WriteNumber("failures", peer.FailureCount);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Dump(Utf8JsonWriter json, int row)
    {
        ref var task = ref _tasks[row];
        json.WriteStartObject();
        json.WriteString("id", task.Id.ToString());
        // What has run is no longer known by name: the scheduler's tasks have both.
        if (task.NameBlob is not null && task.NameLength > 0)
            json.WriteString("key", KeyOf(row));
        json.WriteString("state", task.State.ToString());
        if (task.State is WorkerTaskState.Cancelled or WorkerTaskState.Resumed)
            json.WriteString("previous", task.Previous.ToString());
        if (task.State == WorkerTaskState.Resumed)
            json.WriteString("next", task.Next.ToString());
        if (task.State == WorkerTaskState.Memory)
            json.WriteString("residence", task.Residence.ToString());
        json.WriteNumber("attempt", task.Attempt);
        if (task.Bytes > 0)
            json.WriteNumber("bytes", task.Bytes);
        if (task.HasSpec)
            json.WriteNumber("priority", task.Priority);
        if (task.WaitingFor > 0)
            json.WriteNumber("waiting_for", task.WaitingFor);
        if (task.RetractAsked)
            json.WriteBoolean("retract_asked", true);
        if (task.FreeWhenUnused)
            json.WriteBoolean("free_when_unused", true);
        json.WriteNumber("inputs", task.InputCount);
        json.WriteNumber("dependents", task.DependentCount);
        if (task.HolderCount > 0)
        {
            json.WriteStartArray("holders");
            for (var i = 0; i < task.HolderCount; i++)
                json.WriteNumberValue(task.Holders[i]);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
