using System.Collections.Concurrent;
using TaskGraph.Scheduler.Server;

namespace TaskGraph.Tests;

/// <summary>Topics of clients whose connection to the scheduler is cut.</summary>
public sealed class TopicCutTests : IAsyncLifetime, IDisposable
{
    private SchedulerServer _scheduler = null!;
    private LinkRelay _relay = null!;
    private Client _cut = null!;
    private Client _other = null!;

    public async Task InitializeAsync()
    {
        _scheduler = await SchedulerServer.StartAsync(new SchedulerServerOptions());
        _relay = new LinkRelay(_scheduler.Address.Port);
        _cut = await Client.ConnectAsync($"tcp://127.0.0.1:{_relay.Port}");
        _other = await Client.ConnectAsync(_scheduler.Address.ToString());
    }

    public async Task DisposeAsync()
    {
        await _cut.DisposeAsync();
        await _other.DisposeAsync();
        await _scheduler.DisposeAsync();
    }

    public void Dispose() => _relay.Dispose();

    [Fact]
    public async Task A_subscriber_handles_every_event_once_and_in_order_although_its_connection_is_cut_again_and_again()
    {
        const int Count = 300;
        var heard = new BlockingCollection<int>();
        await using var subscription = await _cut.SubscribeTopicAsync<int>("steps", one => heard.Add(one.Value));
        for (var i = 0; i < Count; i++)
        {
            if (i % 60 == 30)
                _relay.Cut();
            await _other.LogEventAsync("steps", i);
            if (i % 60 == 45)
                _relay.Heal();
        }

        Assert.Equal(Enumerable.Range(0, Count), Enumerable.Range(0, Count).Select(_ => heard.Take()));
        Assert.Empty(heard);
    }

    [Fact]
    public async Task An_event_whose_answer_was_cut_off_is_logged_once()
    {
        const int Count = 300;
        for (var i = 0; i < Count; i += 10)
        {
            var said = Enumerable.Range(i, 10).Select(step => _cut.LogEventAsync("steps", step)).ToArray();
            _relay.Cut();
            _relay.Heal();
            await Task.WhenAll(said);
        }

        var logged = await _other.GetEventsAsync<int>("steps");
        Assert.Equal(Enumerable.Range(0, Count), logged.Select(one => one.Value));
    }
}
