using System.Threading.Channels;
using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph.Tests;

/// <summary>What the scheduler's answer to a subscription means for the events around it; the tests play the scheduler.</summary>
public sealed class TopicAnswerTests : IAsyncDisposable
{
    private const string Name = "steps";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Listener _listener = Listener.Start(Address.Parse("tcp://127.0.0.1:0"));
    private readonly IAsyncEnumerator<PendingConnection> _arriving;
    private readonly Channel<int> _heard = Channel.CreateUnbounded<int>();
    private readonly List<Message> _unread = [];

    public TopicAnswerTests() => _arriving = _listener.AcceptAsync(CancellationToken.None).GetAsyncEnumerator();

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    [Fact]
    public async Task Events_from_the_answers_number_on_are_handled_and_none_that_came_before()
    {
        var (client, scheduler) = await ConnectAsync();
        var subscribing = SubscribeAsync(client);
        var question = await NextAsync(scheduler);
        Tell(scheduler, 3);
        Answer(scheduler, question, next: 5);
        Tell(scheduler, 5);

        await using var subscription = await subscribing.WaitAsync(s_patience);
        Assert.Equal(5, await HeardAsync());
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_second_subscription_handles_events_from_its_own_answer_on()
    {
        var (client, scheduler) = await ConnectAsync();
        var first = SubscribeAsync(client);
        Answer(scheduler, await NextAsync(scheduler), next: 5);
        await first.WaitAsync(s_patience);
        var late = Channel.CreateUnbounded<int>();
        var second = client.SubscribeTopicAsync<int>(Name, one => late.Writer.TryWrite(one.Value));
        var question = await NextAsync(scheduler);
        Tell(scheduler, 5);
        Answer(scheduler, question, next: 6);
        Tell(scheduler, 6);
        await second.WaitAsync(s_patience);

        Assert.Equal((5, 6), (await HeardAsync(), await HeardAsync()));
        Assert.Equal(6, await late.Reader.ReadAsync().AsTask().WaitAsync(s_patience));
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_client_whose_connection_is_cut_right_behind_the_answer_asks_for_what_came_since()
    {
        var (client, scheduler) = await ConnectAsync();
        var subscribing = SubscribeAsync(client);
        Answer(scheduler, await NextAsync(scheduler), next: 5);
        await scheduler.DisposeAsync();

        scheduler = await AcceptAsync(epoch: 1);
        Assert.Equal(5, (await NextAsync(scheduler)).From);
        Tell(scheduler, 5, 6);
        Tell(scheduler, 6, 7);
        await subscribing.WaitAsync(s_patience);
        Assert.Equal((5, 6, 7), (await HeardAsync(), await HeardAsync(), await HeardAsync()));
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_scheduler_that_was_started_anew_is_asked_for_all_its_events()
    {
        var (client, scheduler) = await ConnectAsync();
        var subscribing = SubscribeAsync(client);
        Answer(scheduler, await NextAsync(scheduler), next: 5);
        await subscribing.WaitAsync(s_patience);
        await scheduler.DisposeAsync();

        scheduler = await AcceptAsync(epoch: 2);
        Assert.Equal(1, (await NextAsync(scheduler)).From);
        Tell(scheduler, 1, 2);
        Assert.Equal((1, 2), (await HeardAsync(), await HeardAsync()));
        await client.DisposeAsync();
    }

    private async Task<(Client Client, Connection Scheduler)> ConnectAsync()
    {
        var connecting = Client.ConnectAsync(_listener.Address.ToString());
        var scheduler = await AcceptAsync(epoch: 1);
        return (await connecting.WaitAsync(s_patience), scheduler);
    }

    private async Task<Connection> AcceptAsync(ulong epoch)
    {
        Assert.True(await _arriving.MoveNextAsync().AsTask().WaitAsync(s_patience));
        _unread.Clear();
        return await _arriving.Current.WelcomeAsync(new Welcome { Epoch = epoch, IsKnown = true });
    }

    private Task<TopicSubscription> SubscribeAsync(Client client)
        => client.SubscribeTopicAsync<int>(Name, one => _heard.Writer.TryWrite(one.Value));

    private Task<int> HeardAsync() => _heard.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

    private async Task<TopicSubscribed> NextAsync(Connection scheduler)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            while (_unread.Count > 0)
            {
                var next = _unread[0];
                _unread.RemoveAt(0);
                if (next is TopicSubscribed subscribed)
                    return subscribed;
            }

            Assert.True(await scheduler.ReceiveAsync(_unread, patience.Token));
        }
    }

    private static void Answer(Connection scheduler, TopicSubscribed question, long next)
    {
        scheduler.Write(new TopicEvents { RequestId = question.RequestId, Topic = Name, Next = next });
        scheduler.Flush();
    }

    /// <summary>Events whose values are their numbers.</summary>
    private static void Tell(Connection scheduler, params int[] numbers)
    {
        var events = new TopicEvents { Topic = Name };
        foreach (var number in numbers)
        {
            events.Numbers.Add(number);
            events.AgoUs.Add(0);
            events.Senders.Add("somebody");
            events.Values.Add(TopicValue.Encode(Name, number));
        }

        scheduler.Write(events);
        scheduler.Flush();
    }
}
