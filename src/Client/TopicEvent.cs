namespace TaskGraph;

/// <summary>Something that a client, a task or the scheduler has logged under a topic.</summary>
/// <param name="Time">When it came to the scheduler, by this machine's clock (UTC).</param>
/// <param name="Sender">The name of the client or worker; <c>scheduler</c> for its own events.</param>
/// <param name="Value">What was logged.</param>
public sealed record TopicEvent<T>(DateTime Time, string Sender, T Value);
