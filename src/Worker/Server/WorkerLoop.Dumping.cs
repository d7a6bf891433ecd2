using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using TaskGraph.Messages;

namespace TaskGraph.Worker.Server;

/// <content>The worker's own view of itself, for a client's dump.</content>
internal sealed partial class WorkerLoop
{
    private const int LogTail = 100;

    private DumpReply Dump(DumpRequest message)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var next = 0;
        using (var json = new Utf8JsonWriter(bytes))
        {
            if (message.From < 0)
                DumpWorker(json);
            else
                next = _machine.DumpTasks(json, bytes, message.From);
        }

        return new DumpReply { RequestId = message.RequestId, Json = bytes.WrittenSpan.ToArray(), Next = next };
    }

    private void DumpWorker(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("number", _machine.Options.OwnNumber);
        json.WriteNumber("process", Environment.ProcessId);
        json.WriteString("paused", PauseReason);
        DumpVersions(json);
        DumpMemory(json);
        _machine.DumpFigures(json);
        DumpRunning(json);
        DumpOptions(json);
        DumpLog(json);
        json.WriteEndObject();
    }

    private static void DumpVersions(Utf8JsonWriter json)
    {
        json.WriteStartObject("versions");
        json.WriteString("build", typeof(WorkerLoop).Assembly.GetName().Version?.ToString());
        json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
        json.WriteString("system", $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}");
        json.WriteEndObject();
    }

    private void DumpMemory(Utf8JsonWriter json)
    {
        json.WriteStartObject("memory");
        json.WriteNumber("process_bytes", Environment.WorkingSet);
        json.WriteNumber("heap_bytes", GC.GetTotalMemory(forceFullCollection: false));
        json.WriteNumber("values", Store.Count);
        json.WriteNumber("value_bytes", Store.Bytes);
        json.WriteNumber("spilled", Store.SpilledCount);
        json.WriteNumber("spilled_bytes", Store.SpilledBytes);
        json.WriteEndObject();
    }

    private void DumpRunning(Utf8JsonWriter json)
    {
        json.WriteStartArray("running");
        foreach (var run in RunningTasks())
        {
            json.WriteStartObject();
            json.WriteString("key", run.Key);
            json.WriteString("function", run.Function);
            json.WriteNumber("elapsed_us", (long)run.Elapsed.TotalMicroseconds);
            json.WriteString("where", run.Where);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void DumpOptions(Utf8JsonWriter json)
    {
        json.WriteStartObject("options");
        json.WriteNumber("threads", _options.Threads);
        json.WriteString("resources", string.Join(' ', _options.Resources.Select(
            static one => string.Create(CultureInfo.InvariantCulture, $"{one}"))));
        json.WriteNumber("memory_limit", _options.MemoryLimitBytes);
        json.WriteString("memory_shares", _options.MemoryShares.ToString());
        json.WriteString("local_directory", _options.LocalDirectory);
        json.WriteNumber("max_spill", _options.MaxSpillBytes);
        json.WriteNumber("max_requests", _options.MaxRequests);
        json.WriteNumber("max_served_bytes", _options.MaxServedBytes);
        json.WriteNumber("max_error_length", _options.MaxErrorLength);
        json.WriteNumber("cancel_grace_us", (long)_options.CancelGrace.TotalMicroseconds);
        json.WriteNumber("death_timeout_us", (long)(_options.DeathTimeout?.TotalMicroseconds ?? -1));
        json.WriteBoolean("has_nanny", _options.EndsToRestart);
        json.WriteEndObject();
    }

    private void DumpLog(Utf8JsonWriter json)
    {
        json.WriteStartArray("log");
        foreach (var (time, level, text) in _log.Tail(LogTail))
        {
            json.WriteStartObject();
            json.WriteString("time", time);
            json.WriteString("level", level.ToString());
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
