using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TaskGraph.Tests;

/// <summary>Events, prints, logs and metadata between clients and tasks.</summary>
public sealed class TopicTests(RunningCluster running) : IClassFixture<RunningCluster>
{
    private Client Client => running.Client;

    [Fact]
    public async Task Events_of_tasks_and_clients_reach_subscribers_in_order_and_are_remembered()
    {
        await using var other = await Client.ConnectAsync(running.Cluster);
        var heard = new BlockingCollection<TopicEvent<int>>();
        await using (await other.SubscribeTopicAsync<int>("steps", heard.Add))
        {
            await Client.LogEventAsync("steps", 1);
            await Client.Submit(() => TaskContext.Current!.LogEvent("steps", 2));
            TopicEvent<int>[] both = [heard.Take(), heard.Take()];

            Assert.Equal([1, 2], both.Select(one => one.Value));
            Assert.Equal(Client.Name, both[0].Sender);
            Assert.Contains(both[1].Sender, (await Client.SchedulerInfoAsync()).Workers.Select(worker => worker.Name));
        }

        Assert.Equal([1, 2], (await Client.GetEventsAsync<int>("steps")).Select(one => one.Value));
        Assert.Contains(await Client.GetEventsAsync<string>(Topics.Cluster), one => one.Value.EndsWith("joined", StringComparison.Ordinal));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.LogEventAsync("steps", new byte[100_000]));
    }

    [Fact]
    public async Task What_tasks_print_warn_of_and_log_comes_to_the_client()
    {
        var output = new LineWriter();
        var records = new Records();
        await using var prints = await Client.ForwardOutputAsync(output);
        await using var logs = await Client.ForwardLogsAsync(records);

        await Client.Submit(() =>
        {
            TaskContext.Current!.Print("half way");
            TaskContext.Current!.Warn("slow");
            TaskContext.Current!.Log.LogWarning("row {Row} is empty", 7);
            TaskContext.Current!.Log.LogDebug("not this");
        });

        string[] lines = [output.Lines.Take(), output.Lines.Take()];
        Assert.Contains("half way", lines);
        Assert.Matches("^warning of .*: slow$", lines.Single(line => line != "half way"));
        var (level, text) = records.All.Take();
        Assert.Equal(LogLevel.Warning, level);
        Assert.EndsWith("row 7 is empty", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_is_kept_by_path_for_everybody()
    {
        await Client.SetMetadataAsync("runs/7/seed", 11);
        await Client.SetMetadataAsync("runs/7/seed", 12);
        await Client.SetMetadataAsync("runs/8", "later");

        await using var other = await Client.ConnectAsync(running.Cluster);
        Assert.Equal(12, await other.GetMetadataAsync<int>("runs/7/seed"));
        Assert.Equal(["runs/7/seed"], await other.ListMetadataAsync("runs/7"));
        Assert.Equal(["runs/7/seed", "runs/8"], await other.ListMetadataAsync("runs"));
        Assert.Equal("none", await other.GetMetadataAsync("runs/9", "none"));
        await other.DeleteMetadataAsync("runs/8");
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Client.GetMetadataAsync<string>("runs/8"));
        Assert.Empty(await Client.ListDatasetsAsync());
    }

    private sealed class LineWriter : StringWriter
    {
        public BlockingCollection<string> Lines { get; } = [];

        public override void WriteLine(string? value) => Lines.Add(value!);
    }

    private sealed class Records : ILogger
    {
        public BlockingCollection<(LogLevel Level, string Text)> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => All.Add((logLevel, formatter(state, exception)));
    }
}
