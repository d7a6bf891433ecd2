using System.Text.Json;
using TaskGraph.Messages;

namespace TaskGraph;

// The whole state of the cluster, in one file.
public sealed partial class Client
{
    private const int DumpedLogRecords = 100;

    /// <summary>
    /// Writes the state of the cluster to a JSON file: what the scheduler knows of itself, its workers, clients and tasks, and
    /// below <c>worker_states</c> what each worker knows of itself: its tasks, memory, what runs, what is under way to it,
    /// versions, options and last log records. A worker that does not answer within 5 s stands there with an <c>error</c>. It is
    /// read in pieces while work goes on: not one instant's picture.
    /// </summary>
    /// <param name="path">The file, on this machine; overwritten.</param>
    /// <param name="cancellationToken">Gives up; no file is left.</param>
    public async Task DumpStateAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            await using (var file = File.Create(temporary))
            await using (var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true }))
                await DumpStateAsync(json, cancellationToken).ConfigureAwait(false);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task DumpStateAsync(Utf8JsonWriter json, CancellationToken cancellation)
    {
        json.WriteStartObject();
        DumpSelf(json);
        List<string> workers = [];
        using (var peers = JsonDocument.Parse((await DumpAsync("", -1, cancellation).ConfigureAwait(false)).Json))
        {
            foreach (var property in peers.RootElement.EnumerateObject())
                property.WriteTo(json);
            foreach (var worker in peers.RootElement.GetProperty("workers").EnumerateArray())
                workers.Add(worker.GetProperty("name").GetString()!);
        }

        await DumpTasksAsync(json, "", cancellation).ConfigureAwait(false);
        var log = await SchedulerLogsAsync(cancellation).ConfigureAwait(false);
        json.WriteStartArray("log");
        foreach (var record in log.TakeLast(DumpedLogRecords))
        {
            json.WriteStartObject();
            json.WriteString("time", record.Time);
            json.WriteString("level", record.Level.ToString());
            json.WriteString("text", record.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        await DumpWorkersAsync(json, workers, cancellation).ConfigureAwait(false);
        json.WriteEndObject();
    }

    private void DumpSelf(Utf8JsonWriter json)
    {
        var versions = ProcessVersions.Current;
        json.WriteStartObject("written_by");
        json.WriteString("client", Name);
        json.WriteString("time", DateTime.UtcNow);
        json.WriteString("build", versions.Build);
        json.WriteString("runtime", versions.Runtime);
        json.WriteString("system", versions.System);
        json.WriteEndObject();
    }

    private async Task DumpWorkersAsync(Utf8JsonWriter json, List<string> workers, CancellationToken cancellation)
    {
        // All at once: together those that are stuck cost one time limit.
        var heads = workers.ConvertAll(worker => DumpOfWorkerAsync(worker, -1, cancellation));
        json.WriteStartArray("worker_states");
        for (var i = 0; i < heads.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("name", workers[i]);
            var head = await heads[i].ConfigureAwait(false);
            if (head.Error.Length == 0)
            {
                using (var state = JsonDocument.Parse(head.Json))
                {
                    foreach (var property in state.RootElement.EnumerateObject())
                        property.WriteTo(json);
                }

                head = await DumpTasksAsync(json, workers[i], cancellation).ConfigureAwait(false);
            }

            if (head.Error.Length > 0)
                json.WriteString("error", head.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes the tasks of a worker, or of the scheduler; returns the last answer, which may be an error.</summary>
    private async Task<DumpReply> DumpTasksAsync(Utf8JsonWriter json, string worker, CancellationToken cancellation)
    {
        json.WriteStartArray("tasks");
        DumpReply reply;
        var from = 0;
        do
        {
            reply = worker.Length == 0
                ? await DumpAsync("", from, cancellation).ConfigureAwait(false)
                : await DumpOfWorkerAsync(worker, from, cancellation).ConfigureAwait(false);
            if (reply.Error.Length > 0)
                break;
            using var tasks = JsonDocument.Parse(reply.Json);
            foreach (var task in tasks.RootElement.EnumerateArray())
                task.WriteTo(json);
            await json.FlushAsync(cancellation).ConfigureAwait(false);
            from = reply.Next;
        }
        while (from >= 0);
        json.WriteEndArray();
        return reply;
    }

    private async Task<DumpReply> DumpOfWorkerAsync(string worker, int from, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_workerPatience);
        try
        {
            return await DumpAsync(worker, from, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new DumpReply { Error = $"it has not answered within {s_workerPatience.TotalSeconds:0} s" };
        }
    }

    private Task<DumpReply> DumpAsync(string worker, int from, CancellationToken cancellation)
        => AskAsync<DumpReply>(
            id => new DumpRequest { RequestId = id, Worker = worker, From = from }, cancellation);
}
