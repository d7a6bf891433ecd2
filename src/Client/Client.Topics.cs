using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TaskGraph.Messages;

namespace TaskGraph;

// Events under topics: logged, asked for, subscribed to.
public sealed partial class Client
{
    private readonly List<TopicSubscription> _subscriptions = [];

    // Handlers are the user's code: they run one after the other, outside the lock and the receiving loop.
    private Channel<News>? _news;

    // Per topic subscribed to, once the scheduler has said so: what is older has been handled, and comes again at most after a cut.
    private readonly Dictionary<string, long> _topicNext = new(StringComparer.Ordinal);

    /// <summary>Events for a subscription, from a row on.</summary>
    private readonly record struct News(TopicSubscription To, TopicEvents Events, int FirstRow);

    /// <summary>
    /// Logs an event under a topic, for whoever asks for it or has subscribed to it. The scheduler keeps the last 1,000 of
    /// each topic. Tasks log with <see cref="TaskContext.LogEvent{T}(string, T)"/>.
    /// </summary>
    /// <param name="topic">At most 512 characters.</param>
    /// <param name="value">A value whose encoded form takes at most 64 KiB.</param>
    /// <param name="cancellationToken">Stops waiting for the scheduler to have it.</param>
    /// <remarks>It is logged once, also when the connection is cut meanwhile.</remarks>
    /// <exception cref="ArgumentException">It takes more.</exception>
    public async Task LogEventAsync<T>(string topic, T value, CancellationToken cancellationToken = default)
    {
        var encoded = TopicValue.Encode(topic, value);
        await AskAsync<TopicEvents>(
            id => new EventLogged { RequestId = id, Topic = topic, Value = encoded }, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>The events of a topic that the scheduler remembers, oldest first.</summary>
    /// <typeparam name="T">The type that they were logged as.</typeparam>
    /// <param name="topic">The topic; <see cref="Topics"/> names those that have a meaning.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<TopicEvent<T>>> GetEventsAsync<T>(
        string topic, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        var events = new List<TopicEvent<T>>();
        for (long from = 0; from >= 0;)
        {
            var reply = await EventsAsync(topic, from, cancellationToken).ConfigureAwait(false);
            AddEvents(reply, events);
            from = reply.Next;
        }
        return events;
    }

    /// <summary>
    /// Calls <paramref name="handler"/> for every event of a topic from now on, one after the other and each once. What comes
    /// while the connection is cut is handled when it is back, as far as the scheduler remembers it.
    /// </summary>
    /// <typeparam name="T">The type that they are logged as.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="handler">What to do; what it throws becomes a <see cref="Warning"/>.</param>
    /// <param name="cancellationToken">Stops waiting for the scheduler to know of it.</param>
    public async Task<TopicSubscription> SubscribeTopicAsync<T>(
        string topic, Action<TopicEvent<T>> handler, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentNullException.ThrowIfNull(handler);
        var subscription = new TopicSubscription(this, topic, (events, firstRow) =>
        {
            var decoded = new List<TopicEvent<T>>();
            AddEvents(events, decoded, firstRow);
            foreach (var one in decoded)
                handler(one);
        });
        lock (_gate)
        {
            ThrowIfUnusable();
            _subscriptions.Add(subscription);
            if (_news is null)
            {
                _news = Channel.CreateUnbounded<News>();
                _ = Task.Run(() => HandleNewsAsync(_news.Reader), CancellationToken.None);
            }
        }
        try
        {
            // From the answer on nothing may be missed, also when the connection is cut right behind it.
            await AskAsync<TopicEvents>(
                id => new TopicSubscribed { RequestId = id, Topic = topic },
                cancellationToken,
                heard: answer =>
                {
                    subscription.First = answer.Next;
                    _topicNext.TryAdd(topic, answer.Next);
                }).ConfigureAwait(false);
            return subscription;
        }
        catch
        {
            await EndAsync(subscription).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Writes what tasks print (<see cref="TaskContext.Print"/>) to <paramref name="output"/>, and what they warn of
    /// (<see cref="TaskContext.Warn"/>) there too and to <see cref="Warning"/>, until the subscription is disposed of.
    /// </summary>
    /// <param name="output">Where to; null = standard output.</param>
    /// <param name="cancellationToken">Stops waiting for the scheduler to know of it.</param>
    public async Task<IAsyncDisposable> ForwardOutputAsync(
        TextWriter? output = null, CancellationToken cancellationToken = default)
    {
        var writer = output ?? Console.Out;
        var prints = await SubscribeTopicAsync<string>(
            Topics.Print, one => writer.WriteLine(one.Value), cancellationToken).ConfigureAwait(false);
        var warnings = await SubscribeTopicAsync<string>(
            Topics.Warn,
            one =>
            {
                writer.WriteLine($"warning of {one.Sender}: {one.Value}");
                Warning?.Invoke(one.Value);
            },
            cancellationToken).ConfigureAwait(false);
        return new Subscriptions(prints, warnings);
    }

    /// <summary>
    /// Writes what tasks log (<see cref="TaskContext.Log"/>) to <paramref name="logger"/>, each record behind the worker's
    /// name, until the subscription is disposed of.
    /// </summary>
    /// <param name="logger">Where to.</param>
    /// <param name="cancellationToken">Stops waiting for the scheduler to know of it.</param>
    public async Task<IAsyncDisposable> ForwardLogsAsync(ILogger logger, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(logger);
        return await SubscribeTopicAsync<string>(
            Topics.Log,
            one =>
            {
                var space = one.Value.IndexOf(' ', StringComparison.Ordinal);
                var level = int.TryParse(one.Value.AsSpan(0, Math.Max(0, space)), CultureInfo.InvariantCulture, out var number)
                    ? (LogLevel)number : LogLevel.Information;
                logger.Log(level, "{Worker}: {Text}", one.Sender, one.Value[(space + 1)..]);
            },
            cancellationToken).ConfigureAwait(false);
    }

    internal ValueTask EndAsync(TopicSubscription subscription)
    {
        lock (_gate)
        {
            if (!_subscriptions.Remove(subscription) || _isDisposed || _machine.Loss is not null
                || _subscriptions.Exists(other => other.Topic == subscription.Topic))
                return ValueTask.CompletedTask;
            _topicNext.Remove(subscription.Topic);
            _machine.Outbox.Add(new TopicSubscribed { Topic = subscription.Topic, IsEnding = true });
            Transmit();
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>On a new connection: the scheduler has forgotten who had subscribed. Under the lock.</summary>
    private void SubscribeAgain()
    {
        foreach (var topic in _subscriptions.Select(static one => one.Topic).Distinct(StringComparer.Ordinal))
            _machine.Outbox.Add(new TopicSubscribed { Topic = topic, From = _topicNext.GetValueOrDefault(topic) });
    }

    /// <summary>
    /// On a connection to another scheduler, which numbers its events from 1: all of them came after what was heard of the one
    /// before. Under the lock.
    /// </summary>
    private void CountTopicsAnew()
    {
        foreach (var topic in _topicNext.Keys.ToArray())
            _topicNext[topic] = 1;
        foreach (var subscription in _subscriptions)
        {
            if (subscription.First != long.MaxValue)
                subscription.First = 1;
        }
    }

    /// <summary>Under the lock.</summary>
    private void OnTopicEvents(TopicEvents events)
    {
        if (events.Numbers.Count == 0 || !_topicNext.TryGetValue(events.Topic, out var next))
            return;
        _topicNext[events.Topic] = Math.Max(next, events.Numbers[events.Numbers.Count - 1] + 1);
        foreach (var subscription in _subscriptions)
        {
            if (subscription.Topic != events.Topic)
                continue;
            var first = 0;
            while (first < events.Numbers.Count && events.Numbers[first] < Math.Max(next, subscription.First))
                first++;
            if (first < events.Numbers.Count)
                _news?.Writer.TryWrite(new News(subscription, events, first));
        }
    }

    private async Task HandleNewsAsync(ChannelReader<News> news)
    {
        await foreach (var (to, events, firstRow) in news.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                to.Handler(events, firstRow);
            }
            catch (Exception e)
            {
                Warn($"The handler of topic '{events.Topic}' has thrown: {e.Message}");
            }
        }
    }

    private Task<TopicEvents> EventsAsync(string topic, long from, CancellationToken cancellation)
        => AskAsync<TopicEvents>(
            id => new EventsRequest { RequestId = id, Topic = topic, From = from }, cancellation);

    private void AddEvents<T>(TopicEvents from, List<TopicEvent<T>> into, int firstRow = 0)
    {
        var now = DateTime.UtcNow;
        for (var i = firstRow; i < from.AgoUs.Count; i++)
        {
            into.Add(new TopicEvent<T>(
                now - TimeSpan.FromMicroseconds(from.AgoUs[i]),
                from.Senders[i],
                Decode<T>(new Payload(from.Values.MemoryOf(i)))));
        }
    }

    private sealed class Subscriptions(params TopicSubscription[] all) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var one in all)
                await one.DisposeAsync().ConfigureAwait(false);
        }
    }
}
