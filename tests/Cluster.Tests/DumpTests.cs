using System.Text.Json;
using TaskGraph.Tests.Faults;

namespace TaskGraph.Tests;

/// <summary>A dump holds the scheduler's view and that of every worker.</summary>
public sealed class DumpTests : IAsyncLifetime, IDisposable
{
    private readonly RunLog _folder = new();
    private LocalCluster _cluster = null!;
    private Client _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await LocalCluster.StartAsync(workers: 2, threadsPerWorker: 1, memoryLimit: "1GiB");
        _client = await Client.ConnectAsync(_cluster);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_dump_holds_what_each_worker_knows_of_itself()
    {
        var name = _cluster.Workers[0].Name;
        var here = new SubmitOptions { Workers = [name] };
        var held = _client.Submit(() => new double[1000], here with { Key = "held" });
        await _client.WaitAsync([held]);
        var busy = _client.Submit(
            async () => await Task.Delay(Timeout.Infinite, TaskContext.Current!.Cancellation), here with { Key = "busy" });
        while (!(await _client.CallStackAsync([name])).Values.Single().Any(task => task.Key == "busy"))
            await Task.Yield();

        using var dump = await DumpAsync();
        var states = dump.RootElement.GetProperty("worker_states");
        var state = StateOf(dump, name);

        Assert.Equal(2, states.GetArrayLength());
        Assert.Equal(_cluster.Workers[0].ProcessId, state.GetProperty("process").GetInt32());
        Assert.Equal("busy", Assert.Single(state.GetProperty("running").EnumerateArray()).GetProperty("key").GetString());
        Assert.Equal(1, state.GetProperty("states").GetProperty("Executing").GetInt32());
        var tasks = state.GetProperty("tasks").EnumerateArray()
            .ToDictionary(task => task.GetProperty("id").GetString()!, task => task.GetProperty("state").GetString());
        Assert.Equal(("Memory", "Executing"), (tasks[held.Id.ToString()], tasks[busy.Id.ToString()]));
        Assert.True(state.GetProperty("memory").GetProperty("value_bytes").GetInt64() >= 8000);
        Assert.Equal(1, state.GetProperty("options").GetProperty("threads").GetInt32());
        Assert.Equal(1 << 30, state.GetProperty("options").GetProperty("memory_limit").GetInt64());
        Assert.Equal(ProcessVersions.Current.Runtime, state.GetProperty("versions").GetProperty("runtime").GetString());
        Assert.Contains(state.GetProperty("log").EnumerateArray(),
            record => record.GetProperty("text").GetString()!.Contains("Joined the scheduler", StringComparison.Ordinal));
        Assert.NotEqual(0, dump.RootElement.GetProperty("log").GetArrayLength());
        await busy.CancelAsync("seen enough");
    }

    [Fact]
    public async Task A_worker_that_hangs_is_named_in_the_dump_and_the_others_are_in_it()
    {
        var (hung, other) = (_cluster.Workers[0], _cluster.Workers[1].Name);
        Signals.Stop(hung.ProcessId);
        try
        {
            using var dump = await DumpAsync();

            Assert.Contains("has not answered within 5 s",
                StateOf(dump, hung.Name).GetProperty("error").GetString(), StringComparison.Ordinal);
            Assert.False(StateOf(dump, other).TryGetProperty("error", out _));
            Assert.Equal(2, dump.RootElement.GetProperty("workers").GetArrayLength());
        }
        finally
        {
            Signals.Continue(hung.ProcessId);
        }
    }

    private async Task<JsonDocument> DumpAsync()
    {
        var path = Path.Combine(_folder.Path, "state.json");
        await _client.DumpStateAsync(path);
        return JsonDocument.Parse(await File.ReadAllTextAsync(path));
    }

    private static JsonElement StateOf(JsonDocument dump, string worker)
        => dump.RootElement.GetProperty("worker_states").EnumerateArray()
            .Single(state => state.GetProperty("name").GetString() == worker);
}
