using TaskGraph.Configuration;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;
using TaskGraph.Scheduler.Server;
using TaskGraph.Transport;

namespace Scheduler.Tests.Server;

public sealed class SchedulerCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskgraph-scheduler-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_scheduler_without_work_ends_by_itself_after_its_idle_timeout() =>
        Assert.Equal(0, await new SchedulerCommand().InvokeAsync(["--port", "0", "--idle-timeout", "600ms"]));

    [Theory]
    [InlineData("--idle-timeout", "soon")]
    [InlineData("--no-workers-timeout", "0")]
    [InlineData("--port", "many")]
    [InlineData("--port", "70000")]
    [InlineData("--log-level", "loud")]
    [InlineData("--bogus", "1")]
    [InlineData("--host", "0.0.0.0")]
    [InlineData("--interface", "nowhere0")]
    [InlineData("--pid-file", "/nowhere/scheduler.pid")]
    public async Task Bad_input_ends_with_exit_code_2(string option, string value) =>
        Assert.Equal(2, await new SchedulerCommand().InvokeAsync([option, value]));

    [Fact]
    public async Task A_shutdown_by_a_client_ends_with_exit_code_0_and_takes_the_files_along()
    {
        string file = Path.Combine(_folder.FullName, "scheduler.json");
        string pid = Path.Combine(_folder.FullName, "scheduler.pid");
        ConfigurationValues configuration = ConfigurationValues.Defaults.With(new Dictionary<string, string>
        {
            ["scheduler.pid-file"] = pid,
            ["scheduler.interface"] = "lo",
        });
        using FileSystemWatcher watcher = new(_folder.FullName, "scheduler.json") { EnableRaisingEvents = true };
        TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Renamed += (_, _) => written.TrySetResult();
        Task<int> running = new SchedulerCommand(configuration).InvokeAsync(["--port", "0", "--scheduler-file", file]);
        await written.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal($"{Environment.ProcessId}\n", await File.ReadAllTextAsync(pid));
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(file));
        Address address = Address.Parse(json.RootElement.GetProperty("address").GetString()!);

        await using Connection client = await Connection.ConnectAsync(
            address, new Hello { Role = PeerRole.Client, Incarnation = 1, Session = 1 });
        client.Write(new ShutdownCluster { RequestId = 1 });
        client.Flush();

        Assert.Equal(0, await running);
        Assert.False(File.Exists(file));
        Assert.False(File.Exists(pid));
    }

    [Fact]
    public void The_configured_defaults_are_the_machines_own()
    {
        SchedulerMachineOptions own = new();

        Assert.Equal(own, MachineConfiguration.Apply(own, ConfigurationValues.Defaults));
    }

    [Fact]
    public void Configuration_reaches_the_machines_times_and_limits()
    {
        SchedulerMachineOptions options = MachineConfiguration.Apply(
            new SchedulerMachineOptions(),
            ConfigurationValues.Defaults.With(new Dictionary<string, string>
            {
                ["scheduler.worker-ttl"] = "1m",
                ["scheduler.allowed-failures"] = "0",
                ["scheduler.bandwidth"] = "1GB",
            }));

        Assert.True(options.StealsWork);
        Assert.Equal((256, 0L, 2_000_000L), (options.MaxTasksPerThread, options.UnknownDurationUs, options.ReduceIntervalUs));
        Assert.Equal((60_000_000, 1, 1000), (options.WorkerLeaseUs, options.PoisonedAfter, options.BandwidthBytesPerUs));
    }

    [Fact]
    public void Stealing_saturation_durations_and_the_memory_manager_are_configured()
    {
        ConfigurationValues configuration = ConfigurationValues.Defaults.With(new Dictionary<string, string>
        {
            ["scheduler.work-stealing"] = "false",
            ["scheduler.worker-saturation"] = "2",
            ["scheduler.unknown-task-duration"] = "500ms",
            ["scheduler.default-task-durations"] = "Load=2s Train=1m",
            ["scheduler.active-memory-manager.interval"] = "",
        });
        SchedulerMachineOptions options = MachineConfiguration.Apply(new SchedulerMachineOptions(), configuration);

        Assert.False(options.StealsWork);
        Assert.Equal((2, 500_000L, 0L), (options.MaxTasksPerThread, options.UnknownDurationUs, options.ReduceIntervalUs));
        Assert.Equal((2_000_000L, 60_000_000L), (options.DefaultDurationsUs["Load"], options.DefaultDurationsUs["Train"]));
        var error = Assert.Throws<ConfigurationException>(() => MachineConfiguration.Apply(
            options,
            configuration.With(new Dictionary<string, string> { ["scheduler.default-task-durations"] = "Load=soon" })));
        Assert.Equal("code: scheduler.default-task-durations has 'Load=soon'; a function and a time such as Load=2s is needed.",
            error.Message);
    }
}
