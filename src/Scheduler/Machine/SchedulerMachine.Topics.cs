using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Events that clients, tasks and the scheduler itself log under topics.</content>
internal sealed partial class SchedulerMachine
{
    private const int MaxTopicLength = 512;
    private const int MaxEventBytes = 64 << 10;
    private const int MaxEventBytesPerReply = 256 << 10;

    private readonly TopicTable _topics = new();

    private void OnEventLogged(SchedulerPeer sender, EventLogged logged)
    {
        if (logged.Topic.Length is 0 or > MaxTopicLength || logged.Value.Length > MaxEventBytes)
            throw new MalformedMessageException($"an event of {logged.Value.Length} bytes for topic '{logged.Topic}'");
        SchedulerClient? client = logged.RequestId == 0 ? null : sender as SchedulerClient;
        if (client is null || logged.RequestId > client.LastEvent)
            LogEvent(logged.Topic, sender.Hello.Name, logged.Value);
        if (client is null)
            return;
        client.LastEvent = Math.Max(client.LastEvent, logged.RequestId);
        Dirty(client);
        client.Outbox.AddReply(new TopicEvents { RequestId = logged.RequestId, Topic = logged.Topic });
    }

    /// <summary>Something that the scheduler tells of itself, as text, under the topic "cluster".</summary>
    private void LogClusterEvent(string text)
    {
        if (_isReplaying)
            return;
        byte[] value = PayloadCodecs.Encode(text).Body.ToArray();
        LogEvent("cluster", "scheduler", value);
    }

    private void LogEvent(string name, string sender, byte[] value)
    {
        Topic topic = _topics.Add(name, _now, sender, value);
        foreach (SchedulerClient client in topic.Subscribers)
        {
            TopicEvents news = new() { Topic = name };
            Append(news, _topics.LastNumber, _now, sender, value);
            Dirty(client);
            client.Outbox.AddReply(news);
        }
    }

    private void OnEventsRequest(SchedulerClient client, EventsRequest request)
    {
        TopicEvents reply = new() { RequestId = request.RequestId, Topic = request.Topic };
        if (_topics.Find(request.Topic) is { } topic)
        {
            long next = Math.Max(request.From, topic.First);
            foreach (LoggedEvent one in topic.From(next))
            {
                if (reply.Values.Bytes.Length > 0 && reply.Values.Bytes.Length + one.Value.Length > MaxEventBytesPerReply)
                {
                    reply.Next = next;
                    break;
                }

                Append(reply, one.Number, one.At, one.Sender, one.Value);
                next++;
            }
        }

        Dirty(client);
        client.Outbox.AddReply(reply);
    }

    private void OnTopicSubscribed(SchedulerClient client, TopicSubscribed subscribed)
    {
        if (subscribed.Topic.Length is 0 or > MaxTopicLength)
            throw new MalformedMessageException($"topic '{subscribed.Topic}'");
        Topic topic = _topics.Open(subscribed.Topic);
        Dirty(client);
        if (subscribed.IsEnding)
        {
            topic.Subscribers.Remove(client);
        }
        else if (!topic.Subscribers.Contains(client))
        {
            if (subscribed.From > 0)
                TellMissed(client, subscribed.Topic, topic.Since(subscribed.From));
            topic.Subscribers.Add(client);
        }

        client.Outbox.AddReply(new TopicEvents
        {
            RequestId = subscribed.RequestId,
            Topic = subscribed.Topic,
            Next = _topics.LastNumber + 1,
        });
    }

    private void TellMissed(SchedulerClient client, string name, IEnumerable<LoggedEvent> missed)
    {
        TopicEvents news = new() { Topic = name };
        foreach (LoggedEvent one in missed)
        {
            if (news.Values.Bytes.Length > 0 && news.Values.Bytes.Length + one.Value.Length > MaxEventBytesPerReply)
            {
                client.Outbox.AddReply(news);
                news = new TopicEvents { Topic = name };
            }

            Append(news, one.Number, one.At, one.Sender, one.Value);
        }

        if (news.Numbers.Count > 0)
            client.Outbox.AddReply(news);
    }

    /// <summary>A client is not connected: it subscribes again when it is.</summary>
    private void LeaveTopics(SchedulerClient client) => _topics.Leave(client);

    private void Append(TopicEvents events, long number, long at, string sender, byte[] value)
    {
        events.Numbers.Add(number);
        events.AgoUs.Add(_now - at);
        events.Senders.Add(sender);
        events.Values.Add(value);
    }
}
