using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

/// <summary>Events under topics.</summary>
public class TopicTests
{
    private readonly MachineBench _bench = new();

    [Fact]
    public void Subscribers_are_told_of_events_as_they_come_and_others_may_ask_for_them_later()
    {
        SchedulerClient other = _bench.NewClient();
        SchedulerWorker worker = _bench.NewWorker(name: "w");
        _bench.Tell(other, new TopicSubscribed { RequestId = 1, Topic = "news" });
        _bench.Forget();
        _bench.Tell(worker, new EventLogged { Topic = "news", Value = [1] });
        _bench.Advance(500);
        _bench.Tell(_bench.Client, new EventLogged { RequestId = 2, Topic = "news", Value = [2] });
        _bench.Tell(_bench.Client, new EventLogged { Topic = "others", Value = [3] });

        Assert.Equal(new byte[] { 1, 2 }, _bench.ToldTo<TopicEvents>(other).Select(events => events.Values[0][0]));
        Assert.Equal(2UL, Assert.Single(_bench.ToldTo<TopicEvents>(_bench.Client)).RequestId);
        TopicEvents asked = Ask("news");
        Assert.Equal([500L, 0L], asked.AgoUs.Span.ToArray());
        Assert.Equal("w", asked.Senders[0]);

        _bench.Tell(other, new TopicSubscribed { RequestId = 3, Topic = "news", IsEnding = true });
        _bench.Forget();
        _bench.Tell(worker, new EventLogged { Topic = "news", Value = [4] });
        Assert.Empty(_bench.ToldTo<TopicEvents>(other));
    }

    [Fact]
    public void The_last_thousand_events_of_a_topic_are_remembered_and_come_in_pieces()
    {
        for (int i = 0; i < Topic.MaxEvents + 5; i++)
            _bench.Tell(_bench.Client, new EventLogged { Topic = "news", Value = new byte[1000 + (i % 2)] });

        List<int> sizes = [];
        int pieces = 0;
        for (long from = 0; from >= 0; pieces++)
        {
            TopicEvents reply = Ask("news", from);
            for (int i = 0; i < reply.Values.Count; i++)
                sizes.Add(reply.Values[i].Length);
            from = reply.Next;
        }

        Assert.Equal(Topic.MaxEvents, sizes.Count);
        Assert.Equal(1001, sizes[0]);
        Assert.True(pieces > 1);
        Assert.Empty(Ask("nothing").Senders);
    }

    [Fact]
    public void The_topic_written_to_longest_ago_is_forgotten_when_there_are_too_many()
    {
        for (int i = 0; i < TopicTable.MaxTopics + 1; i++)
            _bench.Tell(_bench.Client, new EventLogged { Topic = $"topic {i}", Value = [1] });

        Assert.Empty(Ask("topic 0").Senders);
        Assert.Single(Ask("topic 1").Senders);
    }

    [Fact]
    public void The_scheduler_tells_of_workers_that_come_and_go()
    {
        SchedulerWorker worker = _bench.NewWorker(name: "w");
        _bench.Lose(worker, "exit code 137");

        TopicEvents events = Ask("cluster");
        Assert.Equal(["scheduler", "scheduler"], events.Senders);
        Assert.Equal(
            ["worker w joined", "worker w left: exit code 137"],
            [Text(events, 0), Text(events, 1)]);
    }

    [Fact]
    public void An_event_that_a_client_says_again_after_a_cut_is_logged_once()
    {
        foreach (ulong request in new ulong[] { 4, 9, 4, 9, 12 })
            _bench.Tell(_bench.Client, new EventLogged { RequestId = request, Topic = "news", Value = [(byte)request] });

        Assert.Equal(5, _bench.ToldTo<TopicEvents>(_bench.Client).Count(events => events.Senders.Count == 0));
        TopicEvents logged = Ask("news");
        Assert.Equal(new byte[] { 4, 9, 12 }, Enumerable.Range(0, logged.Values.Count).Select(i => logged.Values[i][0]));
    }

    [Fact]
    public void Who_subscribes_again_after_a_cut_is_told_what_came_meanwhile_in_pieces_and_then_what_comes()
    {
        SchedulerClient other = _bench.NewClient();
        _bench.Tell(other, new TopicSubscribed { RequestId = 1, Topic = "news" });
        long next = Assert.Single(_bench.ToldTo<TopicEvents>(other)).Next;
        _bench.Tell(other, new TopicSubscribed { Topic = "news", IsEnding = true });
        _bench.Forget();
        for (int i = 0; i < 400; i++)
        {
            _bench.Tell(_bench.Client, new EventLogged { Topic = "others", Value = [0] });
            _bench.Tell(_bench.Client, new EventLogged { Topic = "news", Value = new byte[1000] });
        }

        _bench.Tell(other, new TopicSubscribed { Topic = "news", From = next });
        _bench.Tell(_bench.Client, new EventLogged { Topic = "news", Value = [1] });

        TopicEvents[] told = [.. _bench.ToldTo<TopicEvents>(other).Where(events => events.Numbers.Count > 0)];
        long[] numbers = [.. told.SelectMany(events => events.Numbers.Span.ToArray())];
        Assert.True(told.Length > 2);
        Assert.Equal(401, numbers.Length);
        Assert.Equal(numbers.Order().Distinct(), numbers);
    }

    private static string Text(TopicEvents events, int i) =>
        TaskGraph.PayloadCodecs.Decode<string>(new TaskGraph.Payload(events.Values.MemoryOf(i)));

    private TopicEvents Ask(string topic, long from = 0)
    {
        _bench.Tell(_bench.Client, new EventsRequest { RequestId = 99, Topic = topic, From = from });
        return _bench.ToldTo<TopicEvents>(_bench.Client).Last();
    }
}
