namespace TaskGraph;

/// <summary>A subscription to a topic. Dispose of it to end it.</summary>
public sealed class TopicSubscription : IAsyncDisposable
{
    private readonly Client _client;

    internal TopicSubscription(Client client, string topic, Action<Messages.TopicEvents, int> handler)
    {
        _client = client;
        Topic = topic;
        Handler = handler;
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>The least number of an event that it is told of; none before the scheduler has answered.</summary>
    internal long First { get; set; } = long.MaxValue;

    /// <summary>Handles the events of a message from a row on.</summary>
    internal Action<Messages.TopicEvents, int> Handler { get; }

    /// <summary>Ends the subscription; events that are under way may still be handled.</summary>
    public ValueTask DisposeAsync() => _client.EndAsync(this);
}
