namespace TaskGraph.Scheduler.Machine;

/// <summary>Something that was logged.</summary>
/// <param name="Number">Grows from event to event, whatever the topic.</param>
/// <param name="At">When, in the machine's microseconds.</param>
/// <param name="Sender">Who.</param>
/// <param name="Value">The encoded value.</param>
internal sealed record LoggedEvent(long Number, long At, string Sender, byte[] Value);

/// <summary>One topic: its last events, and who is told of new ones.</summary>
internal sealed class Topic
{
    /// <summary>Events that are remembered (Dask's figure).</summary>
    public const int MaxEvents = 1000;

    private readonly Queue<LoggedEvent> _events = new();

    public List<SchedulerClient> Subscribers { get; } = [];

    /// <summary>The number of the oldest event that is remembered.</summary>
    public long First { get; private set; }

    public int Count => _events.Count;

    /// <summary>Bytes of the values remembered.</summary>
    public long Bytes { get; private set; }

    /// <summary>When the last event came, in the order of all.</summary>
    public long LastUse { get; set; }

    public IEnumerable<LoggedEvent> From(long number) => _events.Skip((int)Math.Clamp(number - First, 0, _events.Count));

    /// <summary>Those that are remembered of a number or a later one.</summary>
    public IEnumerable<LoggedEvent> Since(long number) => _events.SkipWhile(one => one.Number < number);

    public void Add(LoggedEvent one, long maxBytes)
    {
        _events.Enqueue(one);
        Bytes += one.Value.Length;
        while (_events.Count > MaxEvents || (Bytes > maxBytes && _events.Count > 1))
        {
            Bytes -= _events.Dequeue().Value.Length;
            First++;
        }
    }
}

/// <summary>All topics by name. The one goes that was written to longest ago when there are too many.</summary>
internal sealed class TopicTable
{
    public const int MaxTopics = 1024;

    /// <summary>Bytes of one topic's events that are remembered.</summary>
    private const long MaxTopicBytes = 4 << 20;

    private readonly Dictionary<string, Topic> _topics = new(StringComparer.Ordinal);

    /// <summary>The number of the last event.</summary>
    public long LastNumber { get; private set; }

    public Topic? Find(string name) => _topics.GetValueOrDefault(name);

    public Topic Open(string name)
    {
        if (_topics.TryGetValue(name, out Topic? topic))
            return topic;
        if (_topics.Count >= MaxTopics
            && _topics.Where(pair => pair.Value.Subscribers.Count == 0).MinBy(pair => pair.Value.LastUse).Key is { } oldest)
            _topics.Remove(oldest);
        _topics.Add(name, topic = new Topic());
        return topic;
    }

    public Topic Add(string name, long at, string sender, byte[] value)
    {
        Topic topic = Open(name);
        topic.LastUse = ++LastNumber;
        topic.Add(new LoggedEvent(LastNumber, at, sender, value), MaxTopicBytes);
        return topic;
    }

    public void Leave(SchedulerClient client)
    {
        foreach ((string name, Topic topic) in _topics)
        {
            if (topic.Subscribers.Remove(client) && topic is { Subscribers.Count: 0, Count: 0 })
                _topics.Remove(name);
        }
    }
}
